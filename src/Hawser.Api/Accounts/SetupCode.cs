using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Settings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>
/// The one-time code with which the first administrator is made: printed once, stored as a hash, void as soon as an
/// administrator exists.
/// </summary>
internal static class SetupCode
{
    /// <summary>The setting that holds the hash.</summary>
    internal const string Key = "setup-code";

    // Without what is mistaken for something else when it is read from a screen.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Makes one, which replaces an older one; the caller saves.</summary>
    /// <returns>The code as people read it.</returns>
    public static async Task<string> MakeAsync(HawserDb db, DateTime now, CancellationToken cancellationToken)
    {
        var code = string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4)));
        var row = await db.Settings.FindAsync([Key], cancellationToken);
        if (row is null) db.Settings.Add(row = new Setting { Key = Key });
        var kept = new Kept(Convert.ToHexString(Hash(code)));
        row.Value = JsonSerializer.Serialize(kept, SetupCodeJson.Default.Kept);
        row.UpdatedAt = now;
        return code;
    }

    /// <summary>Makes a new one and saves; null when an administrator exists, who needs none.</summary>
    public static async Task<string?> RenewAsync(HawserDb db, DateTime now, CancellationToken cancellationToken)
    {
        if (await db.Users.AnyAsync(u => u.IsAdmin, cancellationToken)) return null;
        var code = await MakeAsync(db, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return code;
    }

    /// <summary>Whether a code makes its bearer the first administrator.</summary>
    public static async Task<bool> IsValidAsync(HawserDb db, string code, CancellationToken cancellationToken)
    {
        if (await db.Users.AnyAsync(u => u.IsAdmin, cancellationToken)) return false;
        var row = await db.Settings.AsNoTracking().FirstOrDefaultAsync(s => s.Key == Key, cancellationToken);
        var kept = row is null ? null : JsonSerializer.Deserialize(row.Value, SetupCodeJson.Default.Kept);
        if (kept is null) return false;
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(kept.Hash), Hash(code));
    }

    /// <summary>Forgets it: an administrator exists.</summary>
    public static Task ForgetAsync(HawserDb db, CancellationToken cancellationToken) =>
        db.Settings.Where(s => s.Key == Key).ExecuteDeleteAsync(cancellationToken);

    // 80 random bits need no slow hash.
    private static byte[] Hash(string code) =>
        Secrets.Hash(code.Trim().Replace("-", "", StringComparison.Ordinal).ToUpperInvariant());

    internal sealed record Kept([property: JsonPropertyName("hash")] string Hash);
}

/// <summary>How the code is kept.</summary>
[JsonSerializable(typeof(SetupCode.Kept))]
internal sealed partial class SetupCodeJson : JsonSerializerContext;
