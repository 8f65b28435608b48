using Hawser.Protocol;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Channel;

/// <summary>The result of a handshake: a channel when it may be used.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Channel">The channel, for <see cref="HandshakeOutcome.Encrypted"/> and <see
/// cref="HandshakeOutcome.Clear"/>.</param>
public readonly record struct HandshakeResult(HandshakeOutcome Outcome, SecureChannel? Channel);

/// <summary>
/// The peer stream between a host and a controller after the end-to-end handshake: peer messages in both directions,
/// sealed unless both were told that clear is enough. One reader, any number of writers.
/// </summary>
public sealed class SecureChannel : IAsyncDisposable
{
    /// <summary>
    /// The longest peer frame that is accepted: the largest real ones (key frames, clipboard images) stay far below.
    /// </summary>
    public const int MaxPayload = 64 * 1024 * 1024;

    private readonly Wire _wire;
    private long _ignored;

    private SecureChannel(Wire wire, string hostId, bool isHost)
    {
        _wire = wire;
        HostId = hostId;
        IsHost = isHost;
        wire.MaxPayload = MaxPayload;
    }

    /// <summary>The host's id; verified when the channel is encrypted.</summary>
    public string HostId { get; }

    /// <summary>Whether this end is the host.</summary>
    public bool IsHost { get; }

    /// <summary>Whether both directions are sealed.</summary>
    public bool IsEncrypted => _wire.IsSealed;

    /// <summary>Frames that were no peer message and were skipped, as the field's clients do.</summary>
    public long IgnoredFrames => Interlocked.Read(ref _ignored);

    /// <summary>The host's half of the handshake: it speaks first.</summary>
    /// <param name="wire">The path; owned by the channel afterwards, and closed when the handshake fails.</param>
    /// <param name="self">Who this host is.</param>
    /// <param name="secure">Whether the introduction said that the connection is to be secured.</param>
    /// <param name="options">Limits, and whether clear is allowed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ProtocolViolation">The controller broke the rules; the path is closed.</exception>
    public static Task<HandshakeResult> AcceptAsync(
        Wire wire, PeerIdentity self, bool secure, HandshakeOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(self);
        return MakeAsync(wire, self.Id, true, Handshake.AsHostAsync(wire, self, secure, options, cancellation));
    }

    /// <summary>The controller's half of the handshake.</summary>
    /// <param name="wire">The path; owned by the channel afterwards, and closed when the handshake fails.</param>
    /// <param name="hostId">The id that was called.</param>
    /// <param name="hostKey">The host's 32-byte Ed25519 key that the server signed; empty when there is none.</param>
    /// <param name="options">Limits, and whether clear is allowed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ProtocolViolation">The host broke the rules; the path is closed.</exception>
    public static Task<HandshakeResult> ConnectAsync(
        Wire wire, string hostId, ReadOnlyMemory<byte> hostKey, HandshakeOptions options,
        CancellationToken cancellation = default) =>
        MakeAsync(wire, hostId, false, Handshake.AsControllerAsync(wire, hostId, hostKey, options, cancellation));

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">Gives up; the channel is then unusable.</param>
    /// <returns>When the transport has taken it.</returns>
    /// <exception cref="IOException">The path is broken.</exception>
    public ValueTask SendAsync(Message message, CancellationToken cancellation = default) =>
        _wire.SendAsync(message, cancellation);

    /// <summary>Receives the next message. Empty frames and frames that are no peer message are skipped.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The message; null when the other end closed.</returns>
    /// <exception cref="ProtocolViolation">A frame is too long or not genuine.</exception>
    public async ValueTask<Message?> ReceiveAsync(CancellationToken cancellation = default)
    {
        while (await _wire.ReceiveAsync(cancellation) is { } payload)
        {
            if (payload.IsEmpty) continue;
            try
            {
                return WireMessages.ReadPeer(payload.Span);
            }
            catch (ProtocolViolation)
            {
                Interlocked.Increment(ref _ignored);
            }
        }

        return null;
    }

    /// <summary>
    /// A channel without a handshake: a connection to an address instead of an id. It is in clear (§3.1).
    /// </summary>
    /// <param name="wire">The path; owned by the channel.</param>
    /// <param name="hostId">The host's id, or the address that was called.</param>
    /// <param name="isHost">Whether this end is the host.</param>
    /// <returns>The channel.</returns>
    public static SecureChannel InClear(Wire wire, string hostId, bool isHost) => new(wire, hostId, isHost);

    /// <summary>Ends messages and hands over the plain bytes (§16).</summary>
    /// <returns>The bytes; owns the path.</returns>
    public Stream BecomeRaw() => _wire.BecomeRaw();

    /// <summary>Keeps little of what was sent in the system's own queue, so that what is urgent comes soon.</summary>
    public void KeepShort() => _wire.KeepShort();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    private static async Task<HandshakeResult> MakeAsync(
        Wire wire, string hostId, bool isHost, Task<HandshakeOutcome> handshake)
    {
        var keep = false;
        try
        {
            var outcome = await handshake;
            keep = outcome is HandshakeOutcome.Encrypted or HandshakeOutcome.Clear;
            return new HandshakeResult(outcome, keep ? new SecureChannel(wire, hostId, isHost) : null);
        }
        finally
        {
            if (!keep) await wire.DisposeAsync();
        }
    }
}
