using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Hawser.Api.Files;

/// <summary>
/// Users' pictures in the data folder, named by their content: an address never shows another picture than it did, and
/// nobody can guess one.
/// </summary>
internal sealed partial class AvatarStore(ApiParts parts)
{
    /// <summary>The path they are published under.</summary>
    internal const string Path = "/avatars/";

    /// <summary>The most bytes of a picture; clients hand it on to remote peers.</summary>
    internal const int MaxBytes = 256 << 10;

    /// <summary>The most pixels on a side: a small file may be a picture that fills a memory.</summary>
    internal const int MaxSide = 2048;

    private readonly string _folder = System.IO.Path.Combine(parts.DataFolder, "avatars");

    /// <summary>Keeps a picture.</summary>
    /// <returns>Its path; null when it is not one, or too large.</returns>
    public async Task<string?> StoreAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        if (Picture.Recognise(bytes) is not { Width: <= MaxSide, Height: <= MaxSide } picture) return null;
        var name = $"{Convert.ToHexStringLower(SHA256.HashData(bytes), 0, 16)}.{picture.Extension}";
        var path = System.IO.Path.Combine(_folder, name);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(_folder);
            var temporary = $"{path}.{Guid.NewGuid():N}";
            try
            {
                await File.WriteAllBytesAsync(temporary, bytes, cancellationToken);
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        return Path + name;
    }

    /// <summary>The file of a name; null when there is none.</summary>
    public FileInfo? Find(string name)
    {
        if (!Name().IsMatch(name)) return null;
        var file = new FileInfo(System.IO.Path.Combine(_folder, name));
        return file.Exists ? file : null;
    }

    /// <summary>Removes a picture that nobody shows any more.</summary>
    public void Remove(string path)
    {
        if (path.StartsWith(Path, StringComparison.Ordinal)) Find(path[Path.Length..])?.Delete();
    }

    [GeneratedRegex(@"\A[0-9a-f]{32}\.(png|jpg|gif|webp)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
