using System.Buffers.Text;
using System.Text.Json.Serialization;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Groups.Admin;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>/api/users/{guid}/security</c>: by what somebody signs in, and taking one of it away: the passkey of a lost
/// phone, the browser of a former desk. Names and times; nothing by which anybody could sign in. Ours.
/// </summary>
internal static class UserSecurity
{
    private const string Path = "/api/users/{guid}/security";
    private const int LongestId = 1400;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, GetAsync).ForAdmins(Area.User, write: false, AdminRight.UsersSecondFactor)
            .WithSummary("By what a user signs in: factors, passkeys, trusted browsers, outside accounts.")
            .Answers<UserSecurityReply>();
        routes.MapDelete(Path + "/passkeys/{id}", RemovePasskeyAsync).AfterStepUp()
            .ForAdmins(Area.User, write: true, AdminRight.UsersSecondFactor)
            .WithSummary("Takes one passkey of a user away.").ReadsNothing().AnswersNothing();
        routes.MapDelete(Path + "/trusted/{device}", DistrustAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersSecondFactor)
            .WithSummary("Has a browser or client asked for the second factor again.").ReadsNothing().AnswersNothing();
    }

    private static async Task<IResult> GetAsync(
        string guid, CurrentUser caller, HawserDb db, AccountRules rules, LoginThrottle throttle, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)
            || await AdminScope.Users(db, caller, AdminRight.UsersSecondFactor).AsNoTracking()
                .FirstOrDefaultAsync(u => u.Guid == wanted, cancellationToken) is not { } user)
        {
            return Problem.NotFound("user");
        }

        var now = time.GetUtcNow().UtcDateTime;
        var waits = now + throttle.WaitOf(user.Name, user.Email);
        var locked = user.LockoutEnd > waits ? user.LockoutEnd.Value : waits;
        var passkeys = await db.Passkeys.AsNoTracking().Where(p => p.UserGuid == wanted)
            .OrderBy(p => p.CreatedAt).ThenBy(p => p.CredentialId).ToListAsync(cancellationToken);
        var outside = await db.ExternalLogins.AsNoTracking().Where(l => l.UserGuid == wanted)
            .OrderBy(l => l.Provider).ThenBy(l => l.CreatedAt).ToListAsync(cancellationToken);
        var trusted = await rules.TrustedDevicesAsync(wanted, cancellationToken);
        var isEditable = await AdminScope.Editable(db, caller, AdminRight.UsersSecondFactor)
            .AnyAsync(u => u.Guid == wanted, cancellationToken);
        return ClientResults.Json(
            new UserSecurityReply
            {
                Editable = isEditable,
                HasPassword = user.PasswordHash is not null,
                Factor = UserRow.TfaOf(user, rules.Policy, now),
                FactorSince = WireTime.Seconds(user.TotpSince),
                RecoveryCodes = RecoveryCodes.Left(user.RecoveryCodes),
                EmailCodes = user.EmailLogin,
                LockedUntil = locked > now ? WireTime.Seconds(locked) : null,
                Unlockable = locked > now && await AdminScope.Editable(db, caller, AdminRight.UsersEnable)
                    .AnyAsync(u => u.Guid == wanted, cancellationToken),
                Passkeys = passkeys.ConvertAll(p => new UserPasskey(
                    Base64Url.EncodeToString(p.CredentialId), p.Name, WireTime.Seconds(p.CreatedAt),
                    WireTime.Seconds(p.LastUsedAt))),
                Trusted = trusted.ConvertAll(t => new UserTrusted(
                    t.Guid, t.Type == "console" ? "console" : "client", t.Name.Length > 0 ? t.Name : t.DeviceId, t.Os,
                    WireTime.Seconds(t.CreatedAt), WireTime.Seconds(t.ExpiresAt))),
                Outside = outside.ConvertAll(l => new UserOutside(l.Provider, WireTime.Seconds(l.LastUsedAt))),
            },
            UserSecurityJson.Default.UserSecurityReply);
    }

    private static async Task<IResult> RemovePasskeyAsync(
        HttpContext context, string guid, string id, CurrentUser caller, HawserDb db, AccountEvents events,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        var credential = id.Length <= LongestId && Base64Url.IsValid(id) ? Base64Url.DecodeFromChars(id) : null;
        if (await FindAsync(db, caller, guid, cancellationToken) is not { } user || credential is null
            || await db.Passkeys.FirstOrDefaultAsync(
                p => p.CredentialId == credential && p.UserGuid == user.Guid, cancellationToken) is not { } passkey)
        {
            return Problem.NotFound("passkey of this user");
        }

        db.Passkeys.Remove(passkey);
        log.Add(db, context, ConsoleOperation.RemovePasskey, user.Name, ("passkey", passkey.Name));
        await db.SaveChangesAsync(cancellationToken);
        events.Changed(user.Guid);
        return ClientResults.Empty;
    }

    private static async Task<IResult> DistrustAsync(
        HttpContext context, string guid, string device, CurrentUser caller, HawserDb db, AccountEvents events,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, caller, guid, cancellationToken) is not { } user
            || !Guid.TryParse(device, out var wanted)
            || await db.TrustedDevices.FirstOrDefaultAsync(
                t => t.Guid == wanted && t.UserGuid == user.Guid, cancellationToken) is not { } trusted)
        {
            return Problem.NotFound("trusted browser of this user");
        }

        db.TrustedDevices.Remove(trusted);
        log.Add(db, context, ConsoleOperation.ForgetBrowser, user.Name, ("device", trusted.Name));
        await db.SaveChangesAsync(cancellationToken);
        events.Changed(user.Guid);
        return ClientResults.Empty;
    }

    private static async Task<User?> FindAsync(
        HawserDb db, CurrentUser caller, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await AdminScope.Editable(db, caller, AdminRight.UsersSecondFactor).AsNoTracking()
                .FirstOrDefaultAsync(u => u.Guid == wanted, cancellationToken)
            : null;
}

/// <summary>By what a user signs in.</summary>
internal sealed record UserSecurityReply
{
    /// <summary>Whether the caller may take any of it away.</summary>
    [JsonPropertyName("editable")]
    public required bool Editable { get; init; }

    [JsonPropertyName("has_password")]
    public required bool HasPassword { get; init; }

    /// <summary>The authenticator: none, enabled, expired (old), or enforced and missing.</summary>
    [JsonPropertyName("factor")]
    public required string Factor { get; init; }

    /// <summary>Since when it has this secret, in seconds; null: not known.</summary>
    [JsonPropertyName("factor_since")]
    public long? FactorSince { get; init; }

    /// <summary>Recovery codes that are not used yet.</summary>
    [JsonPropertyName("recovery_codes")]
    public required int RecoveryCodes { get; init; }

    /// <summary>Whether codes are mailed.</summary>
    [JsonPropertyName("email_codes")]
    public required bool EmailCodes { get; init; }

    /// <summary>Until when wrong passwords lock it, from anywhere, in seconds; null: they do not.</summary>
    [JsonPropertyName("locked_until")]
    public long? LockedUntil { get; init; }

    /// <summary>Whether the caller may end that wait.</summary>
    [JsonPropertyName("unlockable")]
    public required bool Unlockable { get; init; }

    [JsonPropertyName("passkeys")]
    public required IReadOnlyList<UserPasskey> Passkeys { get; init; }

    /// <summary>Browsers and clients that are not asked for the second factor.</summary>
    [JsonPropertyName("trusted")]
    public required IReadOnlyList<UserTrusted> Trusted { get; init; }

    /// <summary>Accounts elsewhere that sign in here.</summary>
    [JsonPropertyName("outside")]
    public required IReadOnlyList<UserOutside> Outside { get; init; }
}

/// <summary>A passkey of a user.</summary>
internal sealed record UserPasskey(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("last_used_at")] long? LastUsedAt);

/// <summary>A browser (console) or client of a user that is trusted.</summary>
internal sealed record UserTrusted(
    [property: JsonPropertyName("guid")] Guid Guid, [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("os")] string Os,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("expires_at")] long ExpiresAt);

/// <summary>An account elsewhere.</summary>
internal sealed record UserOutside(
    [property: JsonPropertyName("provider")] string Provider,
    [property: JsonPropertyName("last_used_at")] long? LastUsedAt);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(UserSecurityReply))]
internal sealed partial class UserSecurityJson : JsonSerializerContext;
