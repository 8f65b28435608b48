using System.Security.Cryptography;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Channel;

/// <summary>
/// How the end-to-end handshake ended. Only <see cref="Encrypted"/> and <see cref="Clear"/> leave a usable channel.
/// </summary>
public enum HandshakeOutcome
{
    /// <summary>Both directions are sealed, and the host proved that it owns the id.</summary>
    Encrypted,

    /// <summary>In clear, because the own options allow that.</summary>
    Clear,

    /// <summary>The controller has no key of the host that the server signed.</summary>
    NoSignedKey,

    /// <summary>The host's signature does not fit the key that the server signed for it.</summary>
    BadSignature,

    /// <summary>The host signed for another id than the one that was called.</summary>
    WrongId,

    /// <summary>The host did not offer its key, which is what a downgrade looks like.</summary>
    NoOffer,

    /// <summary>The controller wants to go on in clear, or the connection was opened as not secure.</summary>
    OtherEndWantsClear,

    /// <summary>The other end closed.</summary>
    Closed,

    /// <summary>The other end was silent for too long.</summary>
    TimedOut,
}

/// <summary>What both halves of the handshake may be told.</summary>
public sealed record HandshakeOptions
{
    /// <summary>
    /// Go on in clear when the other end can't or won't be verified. Off: the connection is refused instead.
    /// </summary>
    public bool AllowClear { get; init; }

    /// <summary>How long to wait for the other end.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal KeyAgreement? Pair { get; init; }

    internal byte[]? SessionKey { get; init; }
}

/// <summary>
/// The end-to-end handshake (rendezvous reference §2.5). Unlike the field's client it never goes on in clear by itself:
/// a missing or wrong key ends the connection unless <see cref="HandshakeOptions.AllowClear"/> says otherwise.
/// </summary>
internal static class Handshake
{
    public static async Task<HandshakeOutcome> AsHostAsync(
        Wire wire, PeerIdentity self, bool secure, HandshakeOptions options, CancellationToken cancellation)
    {
        if (!secure) return options.AllowClear ? HandshakeOutcome.Clear : HandshakeOutcome.OtherEndWantsClear;
        var pair = options.Pair ?? new KeyAgreement();
        using var limit = new Deadline(options.Limit, options.Time, cancellation);
        try
        {
            var offer = ByteString.CopyFrom(self.SignConnectionKey(pair.Public));
            await wire.SendAsync(new Message { SignedId = new SignedId { Id = offer } }, limit.Token);
            if (await wire.ReceiveAsync(limit.Token) is not { } payload) return HandshakeOutcome.Closed;
            var answer = WireMessages.ReadPeer(payload.Span).PublicKey;
            if (answer is null || answer.AsymmetricValue.IsEmpty)
            {
                return options.AllowClear ? HandshakeOutcome.Clear : HandshakeOutcome.OtherEndWantsClear;
            }

            if (!pair.TryOpen(answer.SymmetricValue.Span, answer.AsymmetricValue.Span, out var stream))
            {
                throw new ProtocolViolation("session key was not sealed for this connection");
            }

            wire.Seal(stream!);
            return HandshakeOutcome.Encrypted;
        }
        catch (OperationCanceledException) when (limit.Expired)
        {
            return HandshakeOutcome.TimedOut;
        }
        catch (IOException)
        {
            return HandshakeOutcome.Closed;
        }
    }

    public static async Task<HandshakeOutcome> AsControllerAsync(
        Wire wire, string hostId, ReadOnlyMemory<byte> hostKey, HandshakeOptions options,
            CancellationToken cancellation)
    {
        using var limit = new Deadline(options.Limit, options.Time, cancellation);
        try
        {
            var outcome = HandshakeOutcome.NoSignedKey;
            if (hostKey.Length == Sodium.PublicKeyLength)
            {
                if (await wire.ReceiveAsync(limit.Token) is not { } payload) return HandshakeOutcome.Closed;
                outcome = Check(payload.Span, hostId, hostKey.Span, out var theirs);
                if (outcome == HandshakeOutcome.Encrypted)
                {
                    await SendKeyAsync(wire, theirs!, options, limit.Token);
                    return outcome;
                }
            }

            if (!options.AllowClear) return outcome;
            // Not the empty message of the reference: a relay between WebSocket and TCP would drop it (§4.5).
            await wire.SendAsync(new Message { PublicKey = new PublicKey() }, limit.Token);
            return HandshakeOutcome.Clear;
        }
        catch (OperationCanceledException) when (limit.Expired)
        {
            return HandshakeOutcome.TimedOut;
        }
        catch (IOException)
        {
            return HandshakeOutcome.Closed;
        }
    }

    private static HandshakeOutcome Check(ReadOnlySpan<byte> payload, string hostId, ReadOnlySpan<byte> hostKey,
        out byte[]? theirs)
    {
        theirs = null;
        Message message;
        try
        {
            message = WireMessages.ReadPeer(payload);
        }
        catch (ProtocolViolation)
        {
            return HandshakeOutcome.NoOffer;
        }

        if (message.SignedId is null) return HandshakeOutcome.NoOffer;
        if (!SignedIdPk.TryVerify(message.SignedId.Id.Span, hostKey, out var idPk))
        {
            return HandshakeOutcome.BadSignature;
        }

        if (idPk!.Id != hostId) return HandshakeOutcome.WrongId;
        theirs = idPk.Pk.ToByteArray();
        return HandshakeOutcome.Encrypted;
    }

    private static async Task SendKeyAsync(Wire wire, byte[] theirs, HandshakeOptions options,
        CancellationToken cancellation)
    {
        var pair = options.Pair ?? new KeyAgreement();
        var key = options.SessionKey ?? RandomNumberGenerator.GetBytes(Sodium.KeyLength);
        var sealedKey = pair.Seal(key, theirs);
        var answer = new PublicKey
        {
            AsymmetricValue = ByteString.CopyFrom(pair.Public),
            SymmetricValue = ByteString.CopyFrom(sealedKey),
        };
        await wire.SendAsync(new Message { PublicKey = answer }, cancellation);
        wire.Seal(new SecretStream(key));
    }
}
