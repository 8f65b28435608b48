using System.Net;
using System.Net.Sockets;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>One TCP or WebSocket connection to an ID server.</summary>
public sealed class RendezvousConnection : IAsyncDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);
    private readonly Wire _wire;
    private readonly Socket? _socket;

    private RendezvousConnection(Wire wire, Socket? socket)
    {
        _wire = wire;
        _socket = socket;
        Local = (IPEndPoint?)socket?.LocalEndPoint;
    }

    /// <summary>The local end; null for a WebSocket.</summary>
    public IPEndPoint? Local { get; }

    /// <summary>Whether the connection is secured (§11).</summary>
    public bool IsSecured => _wire.IsSealed;

    /// <summary>Connects to the base port, by WebSocket if the options say so.</summary>
    /// <param name="options">Server and transport.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">The server can't be reached.</exception>
    public static Task<RendezvousConnection> ConnectAsync(PeerOptions options,
        CancellationToken cancellation = default) =>
        ConnectAsync(options, 0, cancellation);

    /// <summary>Connects to a port next to the base port; by WebSocket there is only one place.</summary>
    /// <param name="options">Server and transport.</param>
    /// <param name="offset">0 for P, -1 for the query port.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">The server can't be reached.</exception>
    public static async Task<RendezvousConnection> ConnectAsync(
        PeerOptions options, int offset, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var limit = new Deadline(options.Timings.Answer, options.Time, cancellation);
        try
        {
            if (options.Transport == ServerTransport.WebSocket)
            {
                var uri = options.IdUri ?? options.Server.ToWebSocketUri("ws/id", tls: false);
                var wire = await Dialer.ConnectWebSocketAsync(uri, options.Proxy, limit.Token);
                return new RendezvousConnection(wire, null);
            }

            if (options.Proxy is { } proxy)
            {
                var stream = await proxy.ConnectAsync(options.Server.Offset(offset), limit.Token);
                return new RendezvousConnection(new StreamWire(stream), null);
            }

            var socket = await Dialer.ConnectAsync(options.Server.Offset(offset), options.LocalAddress, limit.Token);
            return new RendezvousConnection(Dialer.ToWire(socket), socket);
        }
        catch (SocketException e)
        {
            throw new IOException($"can't connect to {options.Server.Offset(offset)}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException($"can't connect to {options.Server.Offset(offset)}: no answer", e);
        }
    }

    /// <summary>A connection over a wire that exists already.</summary>
    /// <param name="wire">The wire.</param>
    /// <returns>The connection.</returns>
    internal static RendezvousConnection Over(Wire wire) => new(wire, null);

    internal static RendezvousConnection Over(Socket socket) => new(Dialer.ToWire(socket), socket);

    /// <summary>Waits for the server's KeyExchange, checks it and switches encryption on (§11.2).</summary>
    /// <param name="serverKey">The server's 32-byte Ed25519 key.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When secured.</returns>
    /// <exception cref="IOException">The server closed.</exception>
    /// <exception cref="ProtocolViolation">The server offered no key, or one that is not signed by that
    /// key.</exception>
    public async Task SecureAsync(ReadOnlyMemory<byte> serverKey, CancellationToken cancellation = default)
    {
        if (await _wire.ReceiveAsync(cancellation) is not { } payload) throw new IOException("the server closed");
        // The field's client goes on in clear here; we do not.
        var offer = WireMessages.ReadRendezvous(payload.Span).KeyExchange
            ?? throw new ProtocolViolation("the server did not offer a key exchange");
        var answer = new KeyAgreement().Answer(offer, serverKey.Span, out var stream);
        await _wire.SendAsync(new RendezvousMessage { KeyExchange = answer }, cancellation);
        _wire.Seal(stream);
    }

    /// <summary>Sends a message; an empty one is a heartbeat.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When sent.</returns>
    public ValueTask SendAsync(RendezvousMessage message, CancellationToken cancellation = default) =>
        _wire.SendAsync(message, cancellation);

    /// <summary>Receives the next message. A KeyExchange is skipped; a heartbeat has no union member.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The message; null when the server closed.</returns>
    /// <exception cref="ProtocolViolation">The server broke the rules.</exception>
    public async ValueTask<RendezvousMessage?> ReceiveAsync(CancellationToken cancellation = default)
    {
        while (await _wire.ReceiveAsync(cancellation) is { } payload)
        {
            var message = WireMessages.ReadRendezvous(payload.Span);
            if (message.KeyExchange is null) return message;
        }

        return null;
    }

    /// <summary>
    /// Hangs up so that what was sent last surely arrives: a close with unread data would reset the connection.
    /// </summary>
    /// <param name="time">The clock.</param>
    /// <returns>When closed.</returns>
    internal async Task HangUpAsync(TimeProvider time)
    {
        using var limit = new Deadline(Linger, time, CancellationToken.None);
        try
        {
            _socket?.Shutdown(SocketShutdown.Send);
            while (_socket is not null && await _wire.ReceiveAsync(limit.Token) is not null)
            {
                // Whatever the server still says is not for us.
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ProtocolViolation)
        {
            // Closed already, or a server that keeps the connection: both are fine.
        }

        await DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _wire.DisposeAsync();
}
