using Hawser.Protocol.Framing;

namespace Hawser.Relay;

/// <summary>The first frame of a leg on TCP: where it ends, and whether it is the text console instead.</summary>
internal static class JoinFrame
{
    /// <summary>The longest payload of a first frame, or first WebSocket message.</summary>
    public const int MaxPayload = 4096;

    /// <summary>The most bytes that need to be looked at.</summary>
    public const int MaxBytes = FrameHeader.MaxLength + MaxPayload;

    /// <summary>The longest console command.</summary>
    public const int MaxCommand = 1024;

    /// <summary>Looks for the whole first frame.</summary>
    /// <param name="seen">What has arrived.</param>
    /// <param name="header">The length of its header.</param>
    /// <param name="payload">The length of its payload.</param>
    /// <returns>True: all of it is there. False: more bytes are needed. Null: it is too long.</returns>
    public static bool? Find(ReadOnlySpan<byte> seen, out int header, out int payload)
    {
        if (!FrameHeader.TryRead(seen, out header, out payload)) return false;
        return payload > MaxPayload ? null : seen.Length >= header + payload;
    }

    /// <summary>
    /// Whether these are the first bytes of the text console: a join's payload starts with 0x92 (field 18), which no
    /// text holds.
    /// </summary>
    public static bool IsConsole(ReadOnlySpan<byte> seen)
    {
        if (seen.IsEmpty || seen.Length > MaxCommand) return false;
        foreach (var b in seen)
        {
            if (b is not ((>= 0x20 and < 0x7F) or (byte)'\r' or (byte)'\n' or (byte)'\t')) return false;
        }

        // One header byte alone may look like text; then the first word decides.
        return RelayConsole.Knows(seen);
    }
}
