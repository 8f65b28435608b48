using System.Globalization;

namespace Hawser.Protocol.Identity;

/// <summary>A client's version as the number that features are switched on (session reference §23).</summary>
public static class PeerVersion
{
    /// <summary>The version whose behaviour this library has.</summary>
    public const string Own = "1.4.9";

    /// <summary>First with digests in file transfers.</summary>
    public const long FileDigests = 1_001_100;

    /// <summary>First that understands <c>No Password Access</c>, and the newer key modes.</summary>
    public const long NoPasswordAccess = 1_002_000;

    /// <summary>From here on several displays at a time are asked for by name (1.2.4).</summary>
    public const long ManyDisplays = 1_002_040;

    /// <summary>First that understands several clipboard formats at a time.</summary>
    public const long MultiClipboards = 1_003_000;

    /// <summary>First that resumes files.</summary>
    public const long FileResume = 1_004_020;

    /// <summary>The number of a version text; what can't be read counts as 0.</summary>
    /// <param name="text">Such as <c>1.4.9</c> or <c>1.2.3-1</c>.</param>
    /// <returns>Such as 1004090.</returns>
    public static long ToNumber(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('-');
        long number = 0, last = 0;
        foreach (var part in parts[0].Split('.').Take(6))
        {
            last = Read(part);
            number = (number * 1000) + last;
        }

        number = number - last + (last * 10);
        return parts.Length > 1 ? number + Read(parts[1]) : number;
    }

    private static long Read(string part) =>
        uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 1000 ? value : 0;
}
