using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Entry = Hawser.Protocol.Messages.Clipboard;

namespace Hawser.Session.Clipboard;

/// <summary>Text on the clipboard as it crosses the wire (§12.1, §12.2).</summary>
internal static class ClipboardText
{
    /// <summary>The longest text that is taken over, packed or not.</summary>
    public const int Longest = 16 * 1024 * 1024;

    /// <summary>The message for a text; null when there is nothing to send.</summary>
    public static Message? Pack(string text, long peerVersion)
    {
        if (text.Length is 0 or > Longest / 4) return null;
        var plain = System.Text.Encoding.UTF8.GetBytes(text);
        var shrunk = Zstd.TryShrink(plain, out var packed);
        var entry = new Entry
        {
            Compress = shrunk,
            Content = UnsafeByteOperations.UnsafeWrap(shrunk ? packed : plain),
            Format = ClipboardFormat.Text,
        };
        return peerVersion >= PeerVersion.MultiClipboards
            ? new Message { MultiClipboards = new MultiClipboards { Clipboards = { entry } } }
            : new Message { Clipboard = entry };
    }

    /// <summary>The text in a message; null when there is none, or it is broken or too long.</summary>
    public static string? Read(Message message)
    {
        var entry = message.Clipboard
            ?? message.MultiClipboards?.Clipboards.FirstOrDefault(c => c.Format == ClipboardFormat.Text);
        if (entry is null || entry.Format != ClipboardFormat.Text || entry.Content.Length > Longest) return null;
        var content = entry.Content.Memory;
        if (entry.Compress)
        {
            if (!Zstd.TryDecompress(content.Span, Longest, out var plain)) return null;
            content = plain;
        }

        return content.Length == 0 ? null : System.Text.Encoding.UTF8.GetString(content.Span);
    }
}
