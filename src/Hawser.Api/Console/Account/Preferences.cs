using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Accounts;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>
/// How the console looks and behaves for a person, wherever that person signs in. What is empty is left to the browser.
/// </summary>
internal sealed record Preferences
{
    internal const string Example = """{"language":"en","time_zone":"Europe/Berlin","hours":"24","theme":"dark"}""";

    private const int MostKeys = 40;
    private const int MostRecent = 12;
    private const int LongestRecent = 120;
    private const int MostFavourites = 50;

    /// <summary>en or zh-CN; empty: as the browser has it.</summary>
    public string? Language { get; init; }

    /// <summary>A name of the time zone database; empty: as the browser has it.</summary>
    public string? TimeZone { get; init; }

    /// <summary>12 or 24; empty: as the language has it.</summary>
    public string? Hours { get; init; }

    /// <summary>light or dark; empty: as the system has it.</summary>
    public string? Theme { get; init; }

    /// <summary>compact; empty: roomy.</summary>
    public string? Density { get; init; }

    /// <summary>Single letters do nothing.</summary>
    public bool? KeysOff { get; init; }

    /// <summary>Other letters for what the console calls by its usual ones; <c>g d</c> is d after g.</summary>
    public IReadOnlyDictionary<string, string?>? Keys { get; init; }

    /// <summary>What was opened last, in words of the console's own; the newest first.</summary>
    public IReadOnlyList<string>? Recent { get; init; }

    /// <summary>The guids of devices that the person wants at hand, in the order of their choice.</summary>
    public IReadOnlyList<string>? Favourites { get; init; }

    /// <summary>The favourites as keys; those of devices that are gone stay until the person changes them.</summary>
    public IReadOnlyList<Guid> FavouriteGuids() =>
        [.. (Favourites ?? []).Select(f => Guid.TryParse(f, out var guid) ? guid : Guid.Empty)
            .Where(g => g != Guid.Empty)];

    /// <summary>Those of a person.</summary>
    public static async Task<Preferences> OfAsync(HawserDb db, Guid person, CancellationToken cancellationToken) =>
        Parse(await db.Users.Where(u => u.Guid == person).Select(u => u.Preferences)
            .FirstOrDefaultAsync(cancellationToken) ?? "");

    /// <summary>Reads the stored form; what can't be read is as it comes.</summary>
    public static Preferences Parse(string text)
    {
        try
        {
            var stored = text.Length == 0
                ? null : JsonSerializer.Deserialize(text, PreferencesJson.Default.Preferences);
            return Complete.With(stored ?? Complete);
        }
        catch (JsonException)
        {
            return Complete;
        }
    }

    /// <summary>The stored form.</summary>
    public string Text() => JsonSerializer.Serialize(this, PreferencesJson.Default.Preferences);

    /// <summary>These, but for what a change names.</summary>
    public Preferences With(Preferences change) => new()
    {
        Language = change.Language ?? Language,
        TimeZone = change.TimeZone ?? TimeZone,
        Hours = change.Hours ?? Hours,
        Theme = change.Theme ?? Theme,
        Density = change.Density ?? Density,
        KeysOff = change.KeysOff ?? KeysOff,
        Keys = change.Keys ?? Keys,
        Recent = change.Recent ?? Recent,
        Favourites = change.Favourites ?? Favourites,
    };

    /// <summary>What is wrong with a change: the field and a sentence; null: nothing.</summary>
    public (string Field, string Sentence)? Complaint()
    {
        if (Language is not (null or "" or "en" or "zh-CN")) return ("language", "The languages are en and zh-CN.");
        // Which names there are is the browser's to know: this machine may have no such database.
        if (TimeZone is { Length: > 0 } zone && (zone.Length > 64 || zone.Any(c => !IsOfZone(c))))
        {
            return ("time_zone", "A time zone is a name such as Europe/Berlin.");
        }

        if (Hours is not (null or "" or "12" or "24")) return ("hours", "hours is 12 or 24.");
        if (Theme is not (null or "" or "light" or "dark")) return ("theme", "theme is light or dark.");
        if (Density is not (null or "" or "compact")) return ("density", "density is compact or empty.");
        if (Recent is { } recent
            && (recent.Count > MostRecent || recent.Any(r => r is not { Length: <= LongestRecent })))
        {
            return ("recent", $"At most {MostRecent} texts of {LongestRecent} characters.");
        }

        if (Favourites is { } favourites && (favourites.Count > MostFavourites
            || favourites.Distinct(StringComparer.OrdinalIgnoreCase).Count() != favourites.Count
            || favourites.Any(f => !Guid.TryParseExact(f, "D", out _))))
        {
            return ("favourites", $"At most {MostFavourites} guids of devices, each once.");
        }

        return KeysComplaint() is { } sentence ? ("keys", sentence) : null;
    }

    private static Preferences Complete { get; } = new()
    {
        Language = "", TimeZone = "", Hours = "", Theme = "", Density = "", KeysOff = false,
        Keys = new Dictionary<string, string?>(StringComparer.Ordinal), Recent = [], Favourites = [],
    };

    private string? KeysComplaint()
    {
        if (Keys is null) return null;
        if (Keys.Count > MostKeys) return $"At most {MostKeys} keys have other letters.";
        foreach (var (key, letter) in Keys)
        {
            if (key.Length is not (1 or 3) || (key.Length == 3 && !key.StartsWith("g ", StringComparison.Ordinal))
                || !IsLetter(key[^1..]) || !IsLetter(letter ?? ""))
            {
                return "Keys are single characters, on both sides: {\"c\":\"o\"}.";
            }
        }

        // A letter after g is another one than the same letter alone.
        var taken = Keys.GroupBy(k => (k.Key.Length, k.Value)).FirstOrDefault(g => g.Skip(1).Any());
        return taken is null ? null : $"\"{taken.Key.Value}\" stands for two things.";
    }

    private static bool IsOfZone(char c) => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+';

    private static bool IsLetter(string text) => text.Length == 1 && text[0] > ' ' && !char.IsControl(text[0])
        && !char.IsSurrogate(text[0]);
}

/// <summary><c>PATCH /api/console/account/preferences</c>: what is named is changed, the rest stays.</summary>
internal static class PreferencesEndpoint
{
    private const int Attempts = 5;

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, AccountEvents events, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, PreferencesJson.Default.Preferences);
        if (body.Value is not { } change) return body.Error!;
        if (change.Complaint() is { } wrong) return Problem.Wrong(wrong.Field, "bad_value", wrong.Sentence);
        // Two tabs may change two things at once, and neither is the edit of an account that others wait for.
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await db.Users.Where(u => u.Guid == user.Guid).Select(u => u.Preferences)
                .FirstAsync(cancellationToken);
            var after = Preferences.Parse(before).With(change);
            var text = after.Text();
            if (text.Length > User.PreferencesLength) return Problem.Wrong("keys", "bad_value", "That is too much.");
            var done = await db.Users.Where(u => u.Guid == user.Guid && u.Preferences == before)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.Preferences, text), cancellationToken);
            if (done == 0) continue;
            events.Changed(user.Guid);
            return ClientResults.Json(after, PreferencesJson.Default.Preferences);
        }

        return Problem.Conflict("They change too often at the moment.", "busy");
    }
}

/// <summary>How they are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Preferences))]
internal sealed partial class PreferencesJson : JsonSerializerContext;
