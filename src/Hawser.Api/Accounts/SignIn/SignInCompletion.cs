using System.Text;
using System.Text.Json;
using Hawser.Api.Accounts.Client;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>Turns a finished browser sign-in into what the polling device gets: a token, or a second step.</summary>
internal sealed partial class SignInCompletion(
    BrowserSignIns signIns, SecondFactor second, LoginCompletion completion, Secrets secrets, TimeProvider time,
    ILogger<SignInCompletion> log)
{
    private const string Late = "The sign-in took too long. Please try again.";

    /// <summary>Answers a poll; the first one makes the token, those of the next seconds get the same.</summary>
    public async Task<IResult> AnswerAsync(
        HttpContext context, HawserDb db, BrowserSignIn row, CancellationToken cancellationToken)
    {
        if (row.Result.Length > 0) return Told(row);
        var user = await db.Users.FindAsync([row.UserGuid!.Value], cancellationToken);
        if (user is null || user.Status != UserStatus.Normal)
        {
            return ClientResults.Error(200, "Your account is disabled.");
        }

        var device = LoginDevice.Of(row.DeviceId, row.DeviceUuid, row.DeviceOs, row.DeviceType, row.DeviceName);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // First the claim, then the token: of two polls at once the second waits here, and finds that it is late.
        if (!await ClaimAsync(db, row, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);
            var told = await db.BrowserSignIns.AsNoTracking()
                .FirstOrDefaultAsync(s => s.CodeHash == row.CodeHash, cancellationToken);
            return told is { Result.Length: > 1 } ? Told(told)
                : ClientResults.Error(200, OidcAuthQueryEndpoint.Pending);
        }

        var (result, refusal) = await FinishAsync(context, db, row, user, device, cancellationToken);
        if (result is null) return ClientResults.Error(200, refusal);
        var json = JsonSerializer.SerializeToUtf8Bytes(result, SignInJson.Default.SignInResult);
        var stored = secrets.Protect(Encoding.UTF8.GetString(json));
        await db.BrowserSignIns.Where(s => s.CodeHash == row.CodeHash)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Result, stored), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (result.AccessToken.Length > 0)
        {
            await completion.AssignDeviceAsync(db, user, device, cancellationToken);
            Log.SignedIn(log, user.Name, row.Provider, row.DeviceId);
        }

        return ClientResults.RawJson(json);
    }

    private async Task<bool> ClaimAsync(HawserDb db, BrowserSignIn row, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow().UtcDateTime + BrowserSignIns.Repeat;
        return await db.BrowserSignIns.Where(s => s.CodeHash == row.CodeHash && s.Result == "")
            .ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Result, "-").SetProperty(x => x.ExpiresAt, until), cancellationToken) == 1;
    }

    private IResult Told(BrowserSignIn row) => secrets.Unprotect(row.Result) is { Length: > 0 } json
        ? ClientResults.RawJson(Encoding.UTF8.GetBytes(json))
        : ClientResults.Error(200, Late);

    /// <summary>
    /// A token, or the challenge of the second step in the same shape. A provider that asks for a second factor itself
    /// spares its users ours, unless an administrator enforced it.
    /// </summary>
    private async Task<(SignInResult? Result, string Refusal)> FinishAsync(
        HttpContext context, HawserDb db, BrowserSignIn row, User user, LoginDevice device,
        CancellationToken cancellationToken)
    {
        var isSpared = signIns.Provider(row.Provider) is { Settings.HasSecondFactor: true } && !user.TotpEnforced;
        var demand = isSpared ? null : await second.DemandAsync(db, user, device, cancellationToken);
        if (demand is { Reply: { } challenge })
        {
            // The token is missing, and must be a text nevertheless (§5.3).
            return (new SignInResult("", challenge.Type, challenge.TfaType, challenge.Secret, challenge.User), "");
        }

        if (demand is { } refused) return (null, refused.Error);
        var from = context.Connection.RemoteIpAddress;
        var token = await completion.CompleteAsync(db, user, device, from, cancellationToken);
        return (new SignInResult(token, "access_token", null, null, UserObject.Of(user)), "");
    }

    private static partial class Log
    {
        [LoggerMessage(6104, LogLevel.Information, "{User} signed in through {Provider} on {Device}")]
        internal static partial void SignedIn(ILogger logger, string user, string provider, string device);
    }
}
