using System.Text.Json;
using Hawser.Api.Accounts.Client;
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
    TokenDesk desk, Secrets secrets, TimeProvider time, ILogger<SignInCompletion> log)
{
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

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await FinishAsync(context, db, row, user, cancellationToken);
        var json = JsonSerializer.SerializeToUtf8Bytes(result, SignInJson.Default.SignInResult);
        var stored = secrets.Protect(System.Text.Encoding.UTF8.GetString(json));
        var until = time.GetUtcNow().UtcDateTime + BrowserSignIns.Repeat;
        var first = await db.BrowserSignIns.Where(s => s.CodeHash == row.CodeHash && s.Result == "")
            .ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Result, stored).SetProperty(x => x.ExpiresAt, until), cancellationToken);
        if (first == 1)
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Log.SignedIn(log, user.Name, row.Provider, row.DeviceId);
            return ClientResults.RawJson(json);
        }

        // Two polls at once: the other one was first.
        await transaction.RollbackAsync(cancellationToken);
        var told = await db.BrowserSignIns.AsNoTracking()
            .FirstOrDefaultAsync(s => s.CodeHash == row.CodeHash, cancellationToken);
        return told is null ? ClientResults.Error(200, OidcAuthQueryEndpoint.Pending) : Told(told);
    }

    private IResult Told(BrowserSignIn row) => secrets.Unprotect(row.Result) is { Length: > 0 } json
        ? ClientResults.RawJson(System.Text.Encoding.UTF8.GetBytes(json))
        : ClientResults.Error(200, "The sign-in took too long. Please try again.");

    private Task<SignInResult> FinishAsync(
        HttpContext context, HawserDb db, BrowserSignIn row, User user, CancellationToken cancellationToken)
    {
        var token = desk.Issue(db, new AccessToken
        {
            Kind = TokenKind.Client,
            UserGuid = user.Guid,
            DeviceId = row.DeviceId,
            DeviceUuid = row.DeviceUuid,
            DeviceOs = row.DeviceOs,
            DeviceType = row.DeviceType,
            DeviceName = row.DeviceName,
            LastAddress = context.Connection.RemoteIpAddress?.ToString() ?? "",
        });
        user.LastLoginAt = time.GetUtcNow().UtcDateTime;
        return Task.FromResult(new SignInResult(token, "access_token", null, null, UserObject.Of(user)));
    }

    private static partial class Log
    {
        [LoggerMessage(6104, LogLevel.Information, "{User} signed in through {Provider} on {Device}")]
        internal static partial void SignedIn(ILogger logger, string user, string provider, string device);
    }
}
