using System.Runtime.CompilerServices;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Reads a datagram in place, without an object: which message it is, where its body lies, and for RegisterPeer what is
/// in it. Unknown fields are skipped; groups, which no client sends, are refused, so that nothing can nest.
/// </summary>
internal static class DatagramReader
{
    /// <summary>Nothing in it that is known.</summary>
    public const int Nothing = 0;

    /// <summary>Not a message, or more than one.</summary>
    public const int Malformed = -1;

    // Numbers of the union's members: 6 to 28.
    private const uint FirstMember = 6;
    private const uint LastMember = 28;
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    /// <summary>Finds the one message inside the envelope.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="body">The bytes of that message.</param>
    /// <returns>The member's field number, <see cref="Nothing"/> or <see cref="Malformed"/>.</returns>
    public static int ReadEnvelope(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> body)
    {
        body = default;
        var member = Nothing;
        var at = 0;
        while (at < datagram.Length)
        {
            if (!TryReadField(datagram, ref at, out var number, out var type, out var value, out _)) return Malformed;
            if (number is < FirstMember or > LastMember) continue;
            if (member != Nothing || type != Bytes) return Malformed;
            member = (int)number;
            body = value;
        }

        return member;
    }

    /// <summary>Reads the body of a RegisterPeer.</summary>
    /// <param name="body">The body.</param>
    /// <param name="id">The id's bytes; empty when there is none.</param>
    /// <param name="serial">The client's config serial.</param>
    /// <returns>Whether the body is one.</returns>
    public static bool TryReadRegisterPeer(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> id, out int serial)
    {
        id = default;
        serial = 0;
        var at = 0;
        while (at < body.Length)
        {
            if (!TryReadField(body, ref at, out var field, out var type, out var value, out var number)) return false;
            if (field == 1 && type == Bytes) id = value;
            if (field == 2 && type == Varint) serial = unchecked((int)number);
        }

        return true;
    }

    /// <summary>Whether a body is a plain list of fields, so that the generated parser has nothing to throw
    /// about.</summary>
    /// <param name="body">The body.</param>
    /// <returns>True when it is.</returns>
    public static bool IsWellFormed(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (at < body.Length)
        {
            if (!TryReadField(body, ref at, out _, out _, out _, out _)) return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadField(
        ReadOnlySpan<byte> bytes,
        scoped ref int at,
        scoped out uint field,
        scoped out int type,
        out ReadOnlySpan<byte> value,
        scoped out ulong number)
    {
        value = default;
        number = 0;
        field = 0;
        type = 0;
        if (!TryReadVarint(bytes, ref at, out var tag) || tag is < 8 or > uint.MaxValue) return false;
        (field, type) = ((uint)tag >> 3, (int)tag & 7);
        switch (type)
        {
            case Varint:
                return TryReadVarint(bytes, ref at, out number);
            case Bytes:
                if (!TryReadVarint(bytes, ref at, out var length) || length > (ulong)(bytes.Length - at)) return false;
                value = bytes.Slice(at, (int)length);
                at += (int)length;
                return true;
            case Fixed64:
                return TrySkip(bytes, ref at, sizeof(ulong));
            case Fixed32:
                return TrySkip(bytes, ref at, sizeof(uint));
            default:
                return false;
        }
    }

    private static bool TrySkip(ReadOnlySpan<byte> bytes, scoped ref int at, int count)
    {
        at += count;
        return at <= bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, scoped ref int at, scoped out ulong value)
    {
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            value = bytes[at++];
            return true;
        }

        return TryReadLongVarint(bytes, ref at, out value);
    }

    private static bool TryReadLongVarint(ReadOnlySpan<byte> bytes, scoped ref int at, scoped out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && at < bytes.Length; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }

        return false;
    }
}
