using System.Text.Json.Serialization;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Console.Account;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>
/// <c>GET /api/console/me</c>: who one is, what one may do, and the proof that goes with every change. Rights are told
/// as they are; the console never works them out from a role.
/// </summary>
internal static class MeEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, ApiParts parts, TokenDesk desk,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var row = await db.Users.AsNoTracking().FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        var group = await db.UserGroups.AsNoTracking().Where(g => g.Guid == row.UserGroupGuid).Select(g => g.Name)
            .FirstOrDefaultAsync(cancellationToken);
        var passkeys = await db.Passkeys.CountAsync(p => p.UserGuid == user.Guid, cancellationToken);
        var console = settings.Get(ConsoleSettings.Key);
        var now = time.GetUtcNow().UtcDateTime;
        var policy = settings.Get(AccountSettings.Key);
        var due = FactorPolicy.DueAt(row, policy);
        var age = now - user.SignedInAt;
        var token = user.Kind == TokenKind.Console ? ConsoleCookie.Read(context.Request) : "";
        var ownTokens = await OwnTokens.AreShownAsync(db, user, settings, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(
            new Me
            {
                Guid = row.Guid.ToString(),
                Name = row.Name,
                DisplayName = row.DisplayName,
                Email = row.Email,
                Avatar = row.Avatar,
                UserGroup = group ?? "",
                Origin = row.Origin,
                IsAdmin = row.IsAdmin,
                Rights = [.. PageRights.Of(user), .. ownTokens ? [OwnTokens.Right] : Array.Empty<string>()],
                HasPassword = row.PasswordHash is not null,
                HasAuthenticator = row.TotpEnabled,
                AuthenticatorEnforced = due is not null,
                AuthenticatorDue = due is { } day && !row.TotpEnabled && passkeys == 0 && day > now
                    ? WireTime.Seconds(day) : null,
                RecoveryCodesLeft = row.TotpEnabled ? RecoveryCodes.Left(row.RecoveryCodes) : 0,
                EmailCodes = row.EmailLogin,
                EmailAlarms = row.EmailAlarms,
                Preferences = Preferences.Parse(row.Preferences),
                Passkeys = passkeys,
                Address = FromOf(context),
                Factors = FactorPolicy.Allowed(policy),
                SignInAge = Math.Max(0, (long)age.TotalSeconds),
                SignInLasts = (long)desk.Lifetime(TokenKind.Console).TotalSeconds,
                SetupStep = row.IsAdmin ? console.SetupStep : 0,
                SetupOpens = row.IsAdmin && parts.AdminPassword.Length > 0
                    && console is { SetupStep: ConsoleSettings.FirstStep, Skipped.Count: 0 },
                SetupSkipped = row.IsAdmin ? console.Skipped : [],
                ServerName = console.ServerName,
                Banner = console.Banner,
                DefaultLanguage = console.DefaultLanguage,
                DefaultTimeZone = console.TimeZone,
                Version = parts.Version,
                Proof = token.Length > 0 ? ConsoleCookie.Proof(token) : "",
            },
            MeJson.Default.Me);
    }

    private static string FromOf(HttpContext context)
    {
        var from = context.Connection.RemoteIpAddress;
        return (from is { IsIPv4MappedToIPv6: true } ? from.MapToIPv4() : from)?.ToString() ?? "";
    }
}

/// <summary>Who one is.</summary>
internal sealed record Me
{
    public required string Guid { get; init; }

    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public required string Email { get; init; }

    /// <summary>The picture: a path on this server, an address or a data URI; empty: none.</summary>
    public required string Avatar { get; init; }

    public required string UserGroup { get; init; }

    /// <summary>Who keeps the account: empty for us, else ldap or oidc/NAME.</summary>
    public required string Origin { get; init; }

    public required bool IsAdmin { get; init; }

    /// <summary>What the person may do, as <c>subject.right</c>.</summary>
    public required IReadOnlyList<string> Rights { get; init; }

    public required bool HasPassword { get; init; }

    public required bool HasAuthenticator { get; init; }

    public required bool AuthenticatorEnforced { get; init; }

    /// <summary>Until when one must be set up, Unix seconds; null: it is not demanded, or it is there.</summary>
    public required long? AuthenticatorDue { get; init; }

    public required int RecoveryCodesLeft { get; init; }

    public required bool EmailCodes { get; init; }

    /// <summary>Alarms about the own devices and account are mailed.</summary>
    public required bool EmailAlarms { get; init; }

    /// <summary>How the console looks and behaves for this person.</summary>
    public required Preferences Preferences { get; init; }

    public required int Passkeys { get; init; }

    /// <summary>From where the person comes, as the server sees it.</summary>
    public required string Address { get; init; }

    /// <summary>What may be used to sign in here: authenticator, recovery, email, sms, passkey.</summary>
    public required IReadOnlyList<string> Factors { get; init; }

    /// <summary>Seconds since the person last proved who it is.</summary>
    public required long SignInAge { get; init; }

    /// <summary>Seconds after the last use until a sign-in to the console ends.</summary>
    public required long SignInLasts { get; init; }

    /// <summary>The step of the setup that comes next; 0: finished, or not for this person.</summary>
    public required int SetupStep { get; init; }

    /// <summary>The setup comes up by itself: the administrator came from the environment, and nobody began.</summary>
    public required bool SetupOpens { get; init; }

    public required IReadOnlyList<int> SetupSkipped { get; init; }

    public required string ServerName { get; init; }

    /// <summary>What administrators tell everybody; empty: nothing.</summary>
    public required string Banner { get; init; }

    /// <summary>The language of whoever chose none: en or zh-CN; empty: the browser's.</summary>
    public required string DefaultLanguage { get; init; }

    /// <summary>The time zone of whoever chose none; empty: the browser's.</summary>
    public required string DefaultTimeZone { get; init; }

    public required string Version { get; init; }

    /// <summary>Goes with every change in the header <c>X-Hawser-Proof</c>; empty for callers with a token.</summary>
    public required string Proof { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Me))]
internal sealed partial class MeJson : JsonSerializerContext;
