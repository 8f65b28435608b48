using System.Buffers.Text;
using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Console.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>The own passkeys.</summary>
internal static class PasskeyEndpoints
{
    private const string Purpose = "passkey";
    private const int Most = 20;
    private const int LongestName = 128;
    private const int LongestId = 2000;

    /// <summary>What to ask the browser for a new one.</summary>
    public static async Task<IResult> AskAsync(
        HttpContext context, CurrentUser user, HawserDb db, IPasskeyHandler<User> passkeys, PasskeyStates states,
        SettingsStore settings, CancellationToken cancellationToken)
    {
        if (!settings.Get(AccountSettings.Key).AllowPasskeys) return FactorPolicy.Off;
        var row = await db.Users.AsNoTracking().FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        if (await db.Passkeys.CountAsync(p => p.UserGuid == user.Guid, cancellationToken) >= Most)
        {
            return new Problem(409, "too_many", "There are 20 passkeys already.");
        }

        var entity = new PasskeyUserEntity
        {
            Id = row.Guid.ToString(),
            Name = row.Name,
            DisplayName = row.DisplayName.Length > 0 ? row.DisplayName : row.Name,
        };
        var question = await passkeys.MakeCreationOptionsAsync(entity, context);
        return PasskeySignIn.Question(
            states.Seal(Purpose + user.Guid, question.AttestationState ?? ""), question.CreationOptionsJson);
    }

    /// <summary>Keeps a new one.</summary>
    public static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, IPasskeyHandler<User> passkeys, UserDesk users,
        PasskeyStates states, AccountEvents events, SettingsStore settings, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.PasskeyBody);
        if (body.Value is not { } wanted) return body.Error!;
        if (!settings.Get(AccountSettings.Key).AllowPasskeys) return FactorPolicy.Off;
        var state = states.Open(Purpose + user.Guid, wanted.State);
        if (state is null || wanted.Credential.ValueKind != JsonValueKind.Object) return SignInEndpoints.Expired;
        var result = await passkeys.PerformAttestationAsync(new PasskeyAttestationContext
        {
            HttpContext = context, CredentialJson = wanted.Credential.GetRawText(), AttestationState = state,
        });
        if (!result.Succeeded || result.UserEntity.Id != user.Guid.ToString()) return PasskeySignIn.Unknown;
        var holder = await users.FindByPasskeyIdAsync(result.Passkey.CredentialId);
        if (holder is not null && holder.Guid != user.Guid) return PasskeySignIn.Unknown;
        var row = await db.Users.FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        result.Passkey.Name = AccountNames.Clean(wanted.Name, LongestName) is { Length: > 0 } name ? name : "Passkey";
        var added = await users.AddOrUpdatePasskeyAsync(row, result.Passkey);
        if (!added.Succeeded) return new Problem(409, "changed", "Please try again.");
        events.Changed(user.Guid);
        return ClientResults.EmptyObject;
    }

    /// <summary>Calls one something else.</summary>
    public static async Task<IResult> RenameAsync(
        string id, HttpContext context, CurrentUser user, HawserDb db, AccountEvents events,
        CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.PasskeyName);
        if (body.Value is not { } wanted) return body.Error!;
        var name = AccountNames.Clean(wanted.Name, LongestName).Trim();
        if (name.Length == 0) return Problem.Wrong("name", "required", "A passkey needs a name.");
        var renamed = Credential(id) is { } credential
            ? await db.Passkeys.Where(p => p.CredentialId == credential && p.UserGuid == user.Guid)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.Name, name), cancellationToken) : 0;
        if (renamed == 0) return Problem.NotFound("thing");
        events.Changed(user.Guid);
        return ClientResults.EmptyObject;
    }

    /// <summary>Removes one.</summary>
    public static async Task<IResult> RemoveAsync(
        string id, CurrentUser user, HawserDb db, AccountEvents events, CancellationToken cancellationToken)
    {
        var removed = Credential(id) is { } credential
            ? await db.Passkeys.Where(p => p.CredentialId == credential && p.UserGuid == user.Guid)
                .ExecuteDeleteAsync(cancellationToken) : 0;
        if (removed == 0) return Problem.NotFound("thing");
        events.Changed(user.Guid);
        return ClientResults.EmptyObject;
    }

    private static byte[]? Credential(string id) =>
        id.Length > LongestId || !Base64Url.IsValid(id) ? null : Base64Url.DecodeFromChars(id);
}
