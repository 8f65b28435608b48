using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>How names are compared, and which are possible.</summary>
internal static class AccountNames
{
    internal const int MaximumLength = 128;

    /// <summary>The form in which names and mail addresses are compared.</summary>
    public static string Normalize(string text) => text.ToUpperInvariant();

    /// <summary>What is wrong with a name, as a sentence; null: nothing.</summary>
    public static string? Complaint(string name)
    {
        if (name.Length is 0 or > MaximumLength) return "A name has between 1 and 128 characters.";
        if (name != name.Trim()) return "A name does not begin or end with a blank.";
        return IsClean(name) ? null : "A name has no control characters.";
    }

    /// <summary>What is wrong with a mail address, as a sentence; null: nothing.</summary>
    public static string? EmailComplaint(string email)
    {
        if (email.Length == 0) return null;
        var at = email.IndexOf('@', StringComparison.Ordinal);
        var whole = at > 0 && at == email.LastIndexOf('@') && at < email.Length - 1;
        return whole && email.Length <= 254 && IsClean(email) && !email.Any(char.IsWhiteSpace)
            ? null : "That is not a mail address.";
    }

    /// <summary>A text of a client, without control characters and not too long to be stored.</summary>
    public static string Clean(string? text, int maximum)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var clean = IsClean(text) ? text : string.Concat(text.Where(c => !char.IsControl(c)));
        if (clean.Length <= maximum) return clean;
        return char.IsHighSurrogate(clean[maximum - 1]) ? clean[..(maximum - 1)] : clean[..maximum];
    }

    /// <summary>Who is meant by what somebody typed to sign in: a name, or a mail address that is only one's.</summary>
    public static async Task<User?> FindAsync(HawserDb db, string name, CancellationToken cancellationToken)
    {
        // What can't be a name is not asked for, but costs the same afterwards.
        if (Complaint(name) is not null) return null;
        var normalized = Normalize(name);
        var user = await db.Users.AsNoTracking()
            .FirstOrDefaultAsync(u => u.NormalizedName == normalized, cancellationToken);
        if (user is not null || !name.Contains('@', StringComparison.Ordinal)) return user;
        var holders = await db.Users.AsNoTracking().Where(u => u.NormalizedEmail == normalized)
            .OrderBy(u => u.Guid).Take(2).ToListAsync(cancellationToken);
        return holders.Count == 1 ? holders[0] : null;
    }

    private static bool IsClean(string text) => !text.Any(char.IsControl);
}
