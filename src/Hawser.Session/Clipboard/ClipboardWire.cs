using System.Text;
using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Video;
using Entry = Hawser.Protocol.Messages.Clipboard;

namespace Hawser.Session.Clipboard;

/// <summary>The clipboard as it crosses the wire (§12.1, §12.2): all forms of one copy in one message.</summary>
internal static class ClipboardWire
{
    /// <summary>The longest text that is taken over, unpacked.</summary>
    public const int LongestText = 16 * 1024 * 1024;

    /// <summary>The largest picture that is taken over: its file, or its bare pixels.</summary>
    public const int LargestPicture = 64 * 1024 * 1024;

    // A message must fit a frame, with room to spare.
    private const int LargestMessage = 48 * 1024 * 1024;
    private const int MostEntries = 16;
    private static readonly byte[] PngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The message for a copy; null when there is nothing to send, or nothing that fits.</summary>
    public static Message? Pack(ClipboardContent content, long peerVersion)
    {
        var text = TextEntry(content.Text, ClipboardFormat.Text);
        if (peerVersion < PeerVersion.MultiClipboards) return text is null ? null : new Message { Clipboard = text };
        Entry?[] all =
        [
            text, TextEntry(content.Html, ClipboardFormat.Html), TextEntry(content.Rtf, ClipboardFormat.Rtf),
            PictureEntry(content.Png), TextEntry(content.Svg, ClipboardFormat.ImageSvg),
        ];
        var message = new MultiClipboards();
        var left = LargestMessage;
        foreach (var entry in all)
        {
            if (entry is null || entry.Content.Length > left) continue;
            left -= entry.Content.Length;
            message.Clipboards.Add(entry);
        }

        return message.Clipboards.Count == 0 ? null : new Message { MultiClipboards = message };
    }

    /// <summary>The copy in a message; null when there is none. What is broken or too large is left out.</summary>
    public static ClipboardContent? Read(Message message)
    {
        IEnumerable<Entry> entries = message.Clipboard is { } single ? [single]
            : message.MultiClipboards?.Clipboards.Take(MostEntries) ?? [];
        var content = ClipboardContent.Empty;
        foreach (var entry in entries) content = With(content, entry);
        return content.IsEmpty ? null : content;
    }

    /// <summary>Whether bytes begin as a PNG file does.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(PngStart);

    private static ClipboardContent With(ClipboardContent content, Entry entry) => entry.Format switch
    {
        ClipboardFormat.Text when content.Text.Length == 0 => content with { Text = TextOf(entry) },
        ClipboardFormat.Html when content.Html.Length == 0 => content with { Html = TextOf(entry) },
        ClipboardFormat.Rtf when content.Rtf.Length == 0 => content with { Rtf = TextOf(entry) },
        ClipboardFormat.ImageSvg when content.Svg.Length == 0 => content with { Svg = TextOf(entry) },
        ClipboardFormat.ImagePng => content with { Png = PngOf(entry) },
        // A PNG file says the same in less.
        ClipboardFormat.ImageRgba when content.Png.IsEmpty => content with { Png = PixelsOf(entry) },
        _ => content,
    };

    private static string TextOf(Entry entry) =>
        TryOpen(entry, LongestText, out var plain) ? Encoding.UTF8.GetString(plain.Span) : "";

    private static ReadOnlyMemory<byte> PngOf(Entry entry) =>
        TryOpen(entry, LargestPicture, out var file) && IsPng(file.Span) ? file.ToArray() : default;

    private static ReadOnlyMemory<byte> PixelsOf(Entry entry)
    {
        var size = (long)entry.Width * entry.Height * 4;
        if (entry.Width < 1 || entry.Height < 1 || size > LargestPicture) return default;
        return TryOpen(entry, (int)size, out var pixels) && pixels.Length == size
            ? Png.Write(pixels.Span, entry.Width, entry.Height) : default;
    }

    private static bool TryOpen(Entry entry, int cap, out ReadOnlyMemory<byte> plain)
    {
        plain = entry.Content.Memory;
        if (plain.Length > cap) return false;
        if (!entry.Compress) return plain.Length > 0;
        var known = Zstd.TryDecompress(plain.Span, cap, out var unpacked);
        plain = unpacked;
        return known && plain.Length > 0;
    }

    private static Entry? TextEntry(string text, ClipboardFormat format)
    {
        if (text.Length is 0 or > LongestText / 3) return null;
        var plain = Encoding.UTF8.GetBytes(text);
        var shrunk = Zstd.TryShrink(plain, out var packed);
        return new Entry
        {
            Compress = shrunk,
            Content = UnsafeByteOperations.UnsafeWrap(shrunk ? packed : plain),
            Format = format,
        };
    }

    // Never packed again (§2.4).
    private static Entry? PictureEntry(ReadOnlyMemory<byte> file) => file.IsEmpty ? null
        : new Entry { Content = UnsafeByteOperations.UnsafeWrap(file), Format = ClipboardFormat.ImagePng };
}
