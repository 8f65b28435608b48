using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>/api/tokens</c>: API tokens, by administrators in person: a token that made tokens could give itself every right.
/// <c>/api/sessions</c>: logins, each user his own, administrators everybody's. Ours.
/// </summary>
internal static class TokensAdmin
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/tokens", ListAsync).ForAdminsInPerson()
            .WithSummary("API tokens, newest first; never their text.").Query("user", "Only this user's, by guid.")
            .Answers<Page<TokenItem>>();
        routes.MapPost("/api/tokens", AddAsync).AfterStepUp().ForAdminsInPerson()
            .WithSummary("Makes an API token; its text is in this answer only.").Reads<TokenWish>(TokenWish.Example)
            .Answers<MadeToken>();
        routes.MapDelete("/api/tokens/{guid}", DeleteAsync).ForAdminsInPerson()
            .WithSummary("Ends an API token, within a second on every node.").ReadsNothing().AnswersNothing();
        routes.MapGet("/api/sessions", SessionsAsync).ForUsers()
            .WithSummary("The caller's logins, newest first; for administrators anybody's.")
            .Query("user", "Administrators: only this user's, by guid.").Query("all", "Administrators: 1, everybody's.")
            .Answers<Page<TokenItem>>();
        routes.MapDelete("/api/sessions/{guid}", EndAsync).ForUsers()
            .WithSummary("Ends a login; administrators anybody's.").ReadsNothing().AnswersNothing();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, PageQuery page, HawserDb db, AccountRules rules, CancellationToken cancellationToken)
    {
        if (!TryUser(context, out var user)) return Problem.Invalid("user is not a guid.", "user");
        var tokens = await rules.TokensAsync(user, TokenKind.Api, page, cancellationToken);
        return await AnswerAsync(db, tokens, null, cancellationToken);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser caller, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, TokensJson.Default.TokenWish);
        if (body is null) return error!;
        if (NameText.Complaint(body.Name) is { } nameless) return Problem.Invalid(nameless, "name");
        var wanted = new NewApiToken(body.Name!, body.Scopes ?? "", body.Days ?? 90, body.AllowedFrom ?? "");
        log.Add(db, context, ConsoleOperation.AddToken, body.Name!, ("scopes", body.Scopes),
            ("days", $"{wanted.Days}"), ("user", body.UserGuid?.ToString()), ("allowed_from", body.AllowedFrom));
        var (text, complaint) = await rules.MakeApiTokenAsync(
            body.UserGuid ?? caller.Guid, wanted, caller.Name, cancellationToken);
        if (text.Length == 0) return Problem.Invalid(complaint);
        var hash = Secrets.Hash(text);
        var row = await db.AccessTokens.AsNoTracking().FirstAsync(t => t.Hash == hash, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(
            new MadeToken(row.Guid, text, WireTime.Seconds(row.ExpiresAt)), TokensJson.Default.MadeToken);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var token = Guid.TryParse(guid, out var wanted) ? await db.AccessTokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.Guid == wanted && t.Kind == TokenKind.Api, cancellationToken) : null;
        if (token is null) return Problem.NotFound("token");
        log.Add(db, context, ConsoleOperation.DeleteToken, [token.Name, token.Guid.ToString()]);
        await db.SaveChangesAsync(cancellationToken);
        await rules.RevokeAsync(token.Guid, null, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> SessionsAsync(
        HttpContext context, CurrentUser caller, PageQuery page, HawserDb db, AccountRules rules,
        CancellationToken cancellationToken)
    {
        if (!TryUser(context, out var user)) return Problem.Invalid("user is not a guid.", "user");
        var everybody = context.Request.Query["all"] == "1";
        if ((everybody || (user is not null && user != caller.Guid)) && !caller.IsAdmin)
        {
            return Problem.Of(403, "not_yours", "Only administrators see the logins of others.");
        }

        var tokens = await rules.LoginsAsync(everybody ? null : user ?? caller.Guid, page, cancellationToken);
        return await AnswerAsync(db, tokens, caller.TokenGuid, cancellationToken);
    }

    // Somebody else's login is not there for a user.
    private static async Task<IResult> EndAsync(
        HttpContext context, string guid, CurrentUser caller, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var login = Guid.TryParse(guid, out var wanted) ? await db.AccessTokens.AsNoTracking().FirstOrDefaultAsync(
            t => t.Guid == wanted && t.Kind < TokenKind.Api && (caller.IsAdmin || t.UserGuid == caller.Guid),
            cancellationToken) : null;
        if (login is null) return Problem.NotFound("login");
        var name = await db.Users.Where(u => u.Guid == login.UserGuid).Select(u => u.Name)
            .FirstOrDefaultAsync(cancellationToken);
        log.Add(db, context, ConsoleOperation.EndLogin, name ?? "", ("device", login.DeviceId));
        await db.SaveChangesAsync(cancellationToken);
        await rules.RevokeAsync(login.Guid, caller.IsAdmin ? null : caller.Guid, cancellationToken);
        return ClientResults.Empty;
    }

    private static bool TryUser(HttpContext context, out Guid? user)
    {
        user = null;
        var text = context.Request.Query["user"].ToString();
        if (text.Length == 0) return true;
        if (!Guid.TryParse(text, out var guid)) return false;
        user = guid;
        return true;
    }

    private static async Task<IResult> AnswerAsync(
        HawserDb db, Page<AccessToken> tokens, Guid? current, CancellationToken cancellationToken)
    {
        var guids = tokens.Data.Select(t => t.UserGuid).Distinct().ToArray();
        var names = await db.Users.Where(u => guids.Contains(u.Guid))
            .ToDictionaryAsync(u => u.Guid, u => u.Name, cancellationToken);
        var items = tokens.Data.Select(t => new TokenItem
        {
            Guid = t.Guid,
            Kind = t.Kind switch { TokenKind.Api => "api", TokenKind.Console => "console", _ => "client" },
            User = names.GetValueOrDefault(t.UserGuid, ""),
            Name = t.Name,
            Scopes = t.Scopes,
            AllowedFrom = t.AllowedFrom,
            CreatedBy = t.CreatedBy,
            CreatedAt = WireTime.Seconds(t.CreatedAt),
            ExpiresAt = WireTime.Seconds(t.ExpiresAt),
            LastUsedAt = WireTime.Seconds(t.LastUsedAt),
            LastAddress = t.LastAddress,
            DeviceId = t.DeviceId,
            DeviceName = t.DeviceName,
            DeviceOs = t.DeviceOs,
            Current = t.Guid == current ? true : null,
        });
        return ClientResults.Json(new Page<TokenItem>(tokens.Total, [.. items]), TokensJson.Default.PageTokenItem);
    }
}

/// <summary>An API token to be made.</summary>
internal sealed record TokenWish
{
    internal const string Example =
        """{"name":"nightly report","scopes":"device:r audit:r","days":90,"allowed_from":"10.0.0.0/8"}""";

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What it may do: areas with r or rw, separated by blanks.</summary>
    [JsonPropertyName("scopes")]
    public string? Scopes { get; init; }

    /// <summary>How long it lasts; 0: for ever. 90 when it is missing.</summary>
    [JsonPropertyName("days")]
    public int? Days { get; init; }

    /// <summary>Networks it may be used from; empty: any.</summary>
    [JsonPropertyName("allowed_from")]
    public string? AllowedFrom { get; init; }

    /// <summary>Whose rights it carries; missing: the caller's.</summary>
    [JsonPropertyName("user_guid")]
    public Guid? UserGuid { get; init; }
}

/// <summary>A token that was made; its text is told only here.</summary>
internal sealed record MadeToken(
    [property: JsonPropertyName("guid")] Guid Guid,
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("expires_at")] long? ExpiresAt);

/// <summary>A token or login in a list.</summary>
internal sealed record TokenItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    /// <summary>client, console or api.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("user")]
    public required string User { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("scopes")]
    public required string Scopes { get; init; }

    [JsonPropertyName("allowed_from")]
    public required string AllowedFrom { get; init; }

    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required long? ExpiresAt { get; init; }

    [JsonPropertyName("last_used_at")]
    public required long? LastUsedAt { get; init; }

    [JsonPropertyName("last_address")]
    public required string LastAddress { get; init; }

    [JsonPropertyName("device_id")]
    public required string DeviceId { get; init; }

    [JsonPropertyName("device_name")]
    public required string DeviceName { get; init; }

    [JsonPropertyName("device_os")]
    public required string DeviceOs { get; init; }

    /// <summary>The login that asks.</summary>
    [JsonPropertyName("current")]
    public bool? Current { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenWish))]
[JsonSerializable(typeof(MadeToken))]
[JsonSerializable(typeof(Page<TokenItem>))]
internal sealed partial class TokensJson : JsonSerializerContext;
