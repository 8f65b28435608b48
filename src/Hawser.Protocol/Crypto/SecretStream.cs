using System.Buffers.Binary;

namespace Hawser.Protocol.Crypto;

/// <summary>
/// One end of a secured connection: crypto_secretbox with one key for both directions and a counter for each. Allocates
/// nothing a frame. One writer and one reader may use it at the same time, not two of a kind.
/// </summary>
/// <remarks>
/// Wire fact: rendezvous reference §2.4. The counters start at zero and are incremented before use. Frames of length 0
/// (heartbeats) are sent as they are; received frames of length 0 or 1 pass through; neither moves a counter.
/// </remarks>
public sealed class SecretStream
{
    /// <summary>How much longer a sealed frame is, in bytes.</summary>
    public const int Overhead = Sodium.TagLength;

    private readonly byte[] _key;
    private ulong _sent;
    private ulong _received;

    /// <summary>A stream with a fresh key.</summary>
    /// <param name="key">32 bytes; copied.</param>
    public SecretStream(ReadOnlySpan<byte> key)
    {
        if (key.Length != Sodium.KeyLength) throw new ArgumentException("the key must have 32 bytes", nameof(key));
        _key = key.ToArray();
    }

    /// <summary>Seals the next outgoing frame in place.</summary>
    /// <param name="buffer"><see cref="Overhead"/> free bytes, then at least one byte of plaintext.</param>
    public void SealInPlace(Span<byte> buffer)
    {
        Span<byte> nonce = stackalloc byte[Sodium.NonceLength];
        WriteNonce(nonce, ++_sent);
        Sodium.SecretBoxSealInPlace(buffer, nonce, _key);
    }

    /// <summary>Opens the next incoming frame in place.</summary>
    /// <param name="payload">The frame's payload as it was received.</param>
    /// <returns>The part of <paramref name="payload"/> that is plaintext.</returns>
    /// <exception cref="ProtocolViolation">The frame is not genuine; the connection must be closed.</exception>
    public Memory<byte> OpenInPlace(Memory<byte> payload)
    {
        if (payload.Length <= 1) return payload;
        Span<byte> nonce = stackalloc byte[Sodium.NonceLength];
        WriteNonce(nonce, _received + 1);
        if (!Sodium.TrySecretBoxOpenInPlace(payload.Span, nonce, _key))
        {
            throw new ProtocolViolation("sealed frame is not genuine");
        }

        _received++;
        return payload[Overhead..];
    }

    private static void WriteNonce(Span<byte> nonce, ulong counter)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, counter);
    }
}
