using System.Diagnostics.CodeAnalysis;
using System.Text;
using Hawser.Recording.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Recording.Playback;

/// <summary>
/// Which file a download asks for (reference §1.10): <c>abc123%2Ffinal.webm</c> as one segment, or with its slash as
/// two. Read from the raw target and decoded once, because routes can't tell <c>%2F</c> from <c>%252F</c>.
/// </summary>
/// <param name="RecordId">Which recording.</param>
/// <param name="File">Its final file, or its copy.</param>
internal readonly record struct FileKey(string RecordId, string File)
{
    private const string Prefix = "/recordings/download/";

    /// <summary>As the library and links spell it.</summary>
    public override string ToString() => $"{RecordId}/{File}";

    /// <summary>The key of a request; anything that is none is refused.</summary>
    public static bool TryRead(HttpContext context, out FileKey key) => TryParse(TargetOf(context), out key);

    /// <summary>The key of a raw request target.</summary>
    internal static bool TryParse(string target, out FileKey key)
    {
        key = default;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var start = path.IndexOf(Prefix, StringComparison.Ordinal);
        if (start < 0) return false;
        var parts = new List<string>(2);
        foreach (var segment in path[(start + Prefix.Length)..].Split('/'))
        {
            if (parts.Count == 2 || !TryDecode(segment, out var text)) return false;
            parts.Add(text);
        }

        var names = string.Join('/', parts).Split('/');
        if (names.Length != 2 || names[1] is not ("final.webm" or "final.mp4" or StoredNames.Copy)) return false;
        if (!Library.RecordId.IsValid(names[0])) return false;
        key = new FileKey(names[0], names[1]);
        return true;
    }

    // A request that came over the rendezvous port has no raw target; its path was decoded by us and holds no escape.
    private static string TargetOf(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw
            ? raw : context.Request.Path.ToUriComponent();

    private static bool TryDecode(string segment, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var decoded = new StringBuilder(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            var c = segment[i];
            if (c == '%')
            {
                if (i + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[i + 1])
                    || !char.IsAsciiHexDigit(segment[i + 2])) return false;
                c = (char)Convert.ToInt32(segment.Substring(i + 1, 2), 16);
                i += 2;
            }

            if (c is <= ' ' or > '~') return false;
            decoded.Append(c);
        }

        text = decoded.ToString();
        return text.Length > 0;
    }
}
