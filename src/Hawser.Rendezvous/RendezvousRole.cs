using Microsoft.AspNetCore.Http;

namespace Hawser.Rendezvous;

/// <summary>The ID server: registers peers over UDP, TCP and WebSocket and introduces callers to targets.</summary>
public sealed class RendezvousRole : IAsyncDisposable
{
    private readonly RendezvousParts _parts;
    private RendezvousOptions _options;

    /// <summary>A role that does not listen yet. Adds its sweepers to the heartbeat.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="parts">What it is made of.</param>
    public RendezvousRole(RendezvousOptions options, RendezvousParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        _options = options;
        _parts = parts;
    }

    /// <summary>Whether it listens and knows its devices.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Binds UDP and TCP P and TCP P-1 and serves them from now on.</summary>
    /// <exception cref="InvalidOperationException">A port is taken or may not be bound; the sentence names the option.</exception>
    public void Start()
    {
    }

    /// <summary>Loads the known devices. Runs after <see cref="Start"/>; unknown ids are not answered until it is done.</summary>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>When they are loaded.</returns>
    public Task LoadAsync(CancellationToken cancellationToken)
    {
        IsReady = true;
        return Task.CompletedTask;
    }

    /// <summary>Serves a WebSocket: any path on P+2, <c>/ws/id</c> on the HTTP port.</summary>
    /// <param name="context">A request; not necessarily for a WebSocket.</param>
    /// <returns>When the connection has ended.</returns>
    public Task HandleWebSocketAsync(HttpContext context) => Task.CompletedTask;

    /// <summary>Runs a command of the console (§8.1).</summary>
    /// <param name="command">For instance <c>rs</c>.</param>
    /// <returns>What is printed; empty for setters and unknown commands.</returns>
    public string Execute(string command) => "";

    /// <summary>Takes over what can change while running: relays, budgets, LAN rules, login and deployment switches.</summary>
    /// <param name="options">The new options; ports are not looked at.</param>
    public void Reload(RendezvousOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Stops accepting, lets introductions in flight finish, then closes everything.</summary>
    /// <param name="drain">How long introductions may take.</param>
    /// <returns>When all is closed and flushed.</returns>
    public Task StopAsync(TimeSpan drain) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);
}
