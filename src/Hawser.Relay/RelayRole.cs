using Hawser.Cluster;
using Microsoft.AspNetCore.Http;

namespace Hawser.Relay;

/// <summary>The relay role: pairs two connections by ticket and moves their bytes.</summary>
public sealed class RelayRole : IAsyncDisposable
{
    private readonly RelayOptions _options;
    private readonly RelayParts _parts;
    private bool _ready;

    /// <summary>A role that does not listen yet.</summary>
    /// <param name="options">Its options; a copy is taken of what can change.</param>
    /// <param name="parts">What it is made of.</param>
    public RelayRole(RelayOptions options, RelayParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        _options = options;
        _parts = parts;
    }

    /// <summary>True while it listens and takes new pairs.</summary>
    public bool IsReady => Volatile.Read(ref _ready);

    /// <summary>Opens TCP R.</summary>
    /// <exception cref="InvalidOperationException">The port is taken or can't be opened; the sentence names the option.</exception>
    public void Start() => _ready = true;

    /// <summary>Serves one WebSocket leg until it ends. The server maps it on R+2 (any path) and on <c>/ws/relay</c>.</summary>
    /// <param name="context">A request; one that is no WebSocket request gets status 400.</param>
    /// <returns>When the leg has ended.</returns>
    public Task HandleWebSocketAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = 400;
        return Task.CompletedTask;
    }

    /// <summary>Runs one command of the original's text console (reference §8.2).</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <returns>The answer; empty for a setter and for an unknown command.</returns>
    public string Execute(string command) => "";

    /// <summary>Takes over what can change while running: limits, lists, caps, waiting times.</summary>
    /// <param name="options">The new options; ports and loops stay as they are.</param>
    public void Reload(RelayOptions options) => ArgumentNullException.ThrowIfNull(options);

    /// <summary>How this relay is doing, to be announced.</summary>
    /// <param name="address">The text that clients receive.</param>
    /// <returns>Its state.</returns>
    public RelayStatus Status(string address) => new(address, IsReady);

    /// <summary>Stops: no new connections, no new joins; pairs go on for the drain time, then they are closed.</summary>
    /// <param name="drain">How long pairs may go on.</param>
    /// <returns>When everything is closed.</returns>
    public Task StopAsync(TimeSpan drain)
    {
        Volatile.Write(ref _ready, false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);
}
