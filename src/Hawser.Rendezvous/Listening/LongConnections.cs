using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Introducing;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Connections that are kept: registration by TCP and WebSocket (§6.11) and health checks (§6.14). Only these get
/// heartbeats; any other client would take one for the answer that it waits for.
/// </summary>
/// <param name="settings">Keep-alive.</param>
/// <param name="registry">Where registered connections are found.</param>
/// <param name="keys">Decides about keys and ids.</param>
/// <param name="gate">Decides about tokens.</param>
internal sealed class LongConnections(
    LiveSettings settings, PeerRegistry registry, KeyRegistration keys, IntroductionGate gate)
{
    private volatile bool _draining;

    /// <summary>From now on nobody new is taken.</summary>
    public void Drain() => _draining = true;

    /// <summary>Registers a key, and the connection as its peer's; or gives a peer another id.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="message">The key, or the wanted id.</param>
    /// <returns>False when the conversation is over.</returns>
    public async ValueTask<bool> RegisterAsync(ClientConnection client, RegisterPk message)
    {
        if (_draining) return false;
        if (message.OldId.Length > 0)
        {
            Answer(client, await keys.RenameAsync(message, client.Remote, CancellationToken.None), 0);
            return false;
        }

        // No answer: the client repeats itself in 15 seconds.
        if (await keys.RegisterAsync(message, client.Remote, CancellationToken.None) is not { } result) return true;
        if (result != RegisterPkResponse.Types.Result.Ok)
        {
            Answer(client, result, 0);
            return true;
        }

        if (client.RegisteredId is { } former && !string.Equals(former, message.Id, StringComparison.Ordinal))
        {
            registry.Detach(former, client);
        }

        client.RegisteredId = message.Id;
        client.Use = ConnectionUse.Registration;
        if (registry.Attach(message.Id, client) is { } replaced && !ReferenceEquals(replaced, client)) replaced.Close();
        Answer(client, result, settings.Options.KeepAliveSeconds);
        return true;
    }

    /// <summary>Keeps a connection as long as a caller's remote session lasts.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="message">The caller's token.</param>
    /// <returns>False when the access rules do not want it.</returns>
    public async ValueTask<bool> CheckHealthAsync(ClientConnection client, HealthCheck message)
    {
        if (_draining) return false;
        if (client.Use == ConnectionUse.Transient)
        {
            var token = FieldLimits.Token(message.Token);
            var (verdict, _) = await gate.JudgeAsync(new IntroductionRequest(
                IntroductionKind.HealthCheck, client.Remote, "", token, ConnType.DefaultConn, "", Close: client.Close));
            client.Session = verdict.Session;
            if (!verdict.Allowed) return false;
            client.Use = ConnectionUse.HealthCheck;
        }

        Answer(client, RegisterPkResponse.Types.Result.Ok, settings.Options.KeepAliveSeconds);
        return true;
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="client">The connection.</param>
    public void Ended(ClientConnection client)
    {
        if (client.RegisteredId is { } id) registry.Detach(id, client);
        client.Session?.Dispose();
    }

    private static void Answer(ClientConnection client, RegisterPkResponse.Types.Result result, int keepAlive) =>
        client.TrySend(new RendezvousMessage
        {
            RegisterPkResponse = new RegisterPkResponse { Result = result, KeepAlive = keepAlive },
        });
}
