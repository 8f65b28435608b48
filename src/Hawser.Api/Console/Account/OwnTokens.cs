using System.Text.Json.Serialization;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>
/// API tokens that somebody makes for scripts of the own: no wider than what the person may, and not for ever. Users
/// who are no administrators need the setting for it; what they have they see and end always.
/// </summary>
internal static class OwnTokens
{
    /// <summary>What <c>me</c> says of those who see the page.</summary>
    internal const string Right = "tokens.own";

    private const int MostDays = 365;

    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        routes.MapGet(path, ListAsync).ForUsers()
            .WithSummary("The own API tokens, newest first, never their text; and what a new one could do.")
            .Answers<OwnTokensReply>();
        routes.MapPost(path, AddAsync).AfterStepUp().ForUsers()
            .WithSummary("Makes an API token of the caller's own; its text is in this answer only.")
            .Reads<OwnTokenWish>(OwnTokenWish.Example).Answers<OwnMadeToken>();
        routes.MapDelete(path + "/{guid:guid}", EndAsync).ForUsers()
            .WithSummary("Ends one of the own API tokens.").ReadsNothing().AnswersEmptyObject();
    }

    /// <summary>Whether there is anything to see: somebody may make tokens, or has some.</summary>
    public static async Task<bool> AreShownAsync(
        HawserDb db, CurrentUser user, SettingsStore settings, CancellationToken cancellationToken) =>
        MayMake(user, settings) || await Own(db, user).AnyAsync(cancellationToken);

    private static bool MayMake(CurrentUser user, SettingsStore settings) =>
        user.IsAdmin || settings.Get(AccountSettings.Key).OwnTokens;

    private static IQueryable<AccessToken> Own(HawserDb db, CurrentUser user) =>
        db.AccessTokens.AsNoTracking().Where(t => t.UserGuid == user.Guid && t.Kind == TokenKind.Api);

    private static async Task<IResult> ListAsync(
        CurrentUser user, HawserDb db, SettingsStore settings, OwnScopes scopes, CancellationToken cancellationToken)
    {
        // As many as there can be: the rules keep them few.
        var rows = await Own(db, user).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Guid)
            .ToListAsync(cancellationToken);
        var mayMake = MayMake(user, settings);
        return ClientResults.Json(
            new OwnTokensReply(
                mayMake, MostDays, mayMake ? scopes.Of(user) : [],
                rows.ConvertAll(t => new OwnTokenItem(
                    t.Guid.ToString(), t.Name, t.Scopes, t.AllowedFrom, t.CreatedBy, t.CreatedAt, t.ExpiresAt,
                    t.LastUsedAt, t.LastAddress))),
            OwnTokensJson.Default.OwnTokensReply);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, OwnScopes scopes,
        AccountRules rules, ConsoleLog log, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, OwnTokensJson.Default.OwnTokenWish);
        if (body.Value is not { } wish) return body.Error!;
        if (!MayMake(user, settings)) return Problem.Forbidden;
        if (NameText.Complaint(wish.Name) is { } nameless) return Problem.Wrong("name", "bad_name", nameless);
        if (wish.Days is not (null or (>= 1 and <= MostDays)))
        {
            return Problem.Wrong("days", "bad_value", $"A token lasts between 1 and {MostDays} days.");
        }

        if (scopes.Beyond(user, wish.Scopes ?? "") is { } word)
        {
            return Problem.Wrong("scopes", "too_wide", $"\"{word}\" is nothing that the account may do.");
        }

        var wanted = new NewApiToken(wish.Name!, wish.Scopes ?? "", wish.Days ?? 90, wish.AllowedFrom ?? "");
        log.Add(db, context, ConsoleOperation.AddToken, wish.Name!, ("scopes", wish.Scopes),
            ("days", $"{wanted.Days}"), ("allowed_from", wish.AllowedFrom));
        var (text, complaint) = await rules.MakeApiTokenAsync(user.Guid, wanted, user.Name, cancellationToken);
        if (text.Length == 0) return Problem.Invalid(complaint);
        var hash = Secrets.Hash(text);
        var row = await db.AccessTokens.AsNoTracking().FirstAsync(t => t.Hash == hash, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(
            new OwnMadeToken(row.Guid.ToString(), text, row.ExpiresAt), OwnTokensJson.Default.OwnMadeToken);
    }

    private static async Task<IResult> EndAsync(
        HttpContext context, Guid guid, CurrentUser user, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var name = await Own(db, user).Where(t => t.Guid == guid).Select(t => t.Name)
            .FirstOrDefaultAsync(cancellationToken);
        if (name is null) return Problem.NotFound("token");
        log.Add(db, context, ConsoleOperation.DeleteToken, [name, guid.ToString()]);
        await db.SaveChangesAsync(cancellationToken);
        await rules.RevokeAsync(guid, user.Guid, cancellationToken);
        return ClientResults.EmptyObject;
    }
}

/// <summary>An API token to be made.</summary>
internal sealed record OwnTokenWish(string? Name, string? Scopes, int? Days, string? AllowedFrom)
{
    internal const string Example =
        """{"name":"backup of my book","scopes":"address_book:r","days":90,"allowed_from":"10.0.0.0/8"}""";
}

/// <summary>A token that was made; its text is told only here.</summary>
internal sealed record OwnMadeToken(string Guid, string Token, DateTime? ExpiresAt);

/// <summary>A token in the list.</summary>
internal sealed record OwnTokenItem(
    string Guid, string Name, string Scopes, string AllowedFrom, string CreatedBy, DateTime CreatedAt,
    DateTime? ExpiresAt, DateTime? LastUsedAt, string LastAddress);

/// <summary>The own tokens, and what a new one could be.</summary>
internal sealed record OwnTokensReply(
    bool MayMake, int MostDays, IReadOnlyList<OwnScope> Scopes, IReadOnlyList<OwnTokenItem> Data);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OwnTokenWish))]
[JsonSerializable(typeof(OwnMadeToken))]
[JsonSerializable(typeof(OwnTokensReply))]
internal sealed partial class OwnTokensJson : JsonSerializerContext;
