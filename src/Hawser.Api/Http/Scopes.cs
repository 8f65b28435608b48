using System.Collections.Immutable;

namespace Hawser.Api.Http;

/// <summary>The areas that API tokens are made for (admin reference §3), as they are spelled in a token.</summary>
internal enum Area
{
    /// <summary>Devices.</summary>
    Device,

    /// <summary>Audit logs.</summary>
    Audit,

    /// <summary>Users.</summary>
    User,

    /// <summary>User groups.</summary>
    UserGroup,

    /// <summary>Device groups.</summary>
    DeviceGroup,

    /// <summary>Strategies.</summary>
    Strategy,

    /// <summary>Address books.</summary>
    AddressBook,

    /// <summary>Access rules and control roles.</summary>
    Access,

    /// <summary>Recordings.</summary>
    Recording,

    /// <summary>Settings of the server.</summary>
    Setting,

    /// <summary>Work on many rows: how far it is, stopping it, taking it back.</summary>
    Job,

    /// <summary>Tokens that bring devices in.</summary>
    DeployToken,
}

/// <summary>
/// What an API token may do, written as <c>device:rw audit:r</c>; <c>rw</c> includes <c>r</c>.
/// </summary>
internal sealed class Scopes
{
    private readonly ImmutableArray<(Area Area, bool Write)> _all;

    private Scopes(ImmutableArray<(Area Area, bool Write)> all) => _all = all;

    /// <summary>Nothing.</summary>
    public static Scopes None { get; } = new([]);

    /// <summary>Whether an area may be read, or written.</summary>
    public bool Allow(Area area, bool write)
    {
        foreach (var (has, may) in _all)
        {
            if (has == area && (may || !write)) return true;
        }

        return false;
    }

    /// <summary>What is wrong with the scopes of a new token, as a sentence; null: nothing.</summary>
    public static string? Complaint(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return "A token without scopes can do nothing; for instance: device:rw audit:r";
        var bad = words.FirstOrDefault(w => Parse(w)._all.IsEmpty);
        if (bad is null) return text.Length <= 512 ? null : "The scopes are too many.";
        var areas = string.Join(", ", Enum.GetNames<Area>().Select(Spelling));
        return $"\"{bad}\" is no scope: it is an area, a colon, and r or rw. Areas: {areas}.";
    }

    // UserGroup is written user_group.
    private static string Spelling(string name) => string.Concat(name.Select(
        (c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));

    /// <summary>Reads the stored form; unknown words allow nothing.</summary>
    public static Scopes Parse(string text)
    {
        if (text.Length == 0) return None;
        var all = ImmutableArray.CreateBuilder<(Area, bool)>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var name = word[..colon].Replace("_", "", StringComparison.Ordinal);
            if (!Enum.TryParse<Area>(name, ignoreCase: true, out var area)) continue;

            if (word[(colon + 1)..] is "r" or "rw") all.Add((area, word[(colon + 1)..] == "rw"));
        }

        return new(all.ToImmutable());
    }
}
