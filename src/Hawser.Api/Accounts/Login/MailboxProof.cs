using System.Security.Cryptography;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Whether mails reach who is signed in: asked before codes by mail become a second step, because nobody would get in
/// again whose address is wrong; and before they cease to be one, because whoever has the desk may have no mailbox.
/// </summary>
internal sealed class MailboxProof(Outbox outbox, TimeProvider time)
{
    /// <summary>Mails a code.</summary>
    /// <returns>The handle that goes with the code; or why there is none.</returns>
    public async Task<(string Handle, Problem? Refusal)> AskAsync(
        HawserDb db, User user, string device, CancellationToken cancellationToken)
    {
        if (user.Email.Length == 0)
        {
            return ("", Problem.Conflict("The account has no mail address.", "no_own_address"));
        }

        if (!outbox.CanSend(Outbox.Email))
        {
            return ("", Problem.Conflict("The server sends no mails yet.", "mail_not_set_up"));
        }

        var now = time.GetUtcNow().UtcDateTime;
        var recent = await db.LoginChallenges.CountAsync(
            c => c.UserGuid == user.Guid && c.Kind == ChallengeKind.Mailbox && c.ExpiresAt > now, cancellationToken);
        if (recent >= SecondFactor.MaximumCodes)
        {
            return ("", new Problem(429, "slow_down", "Too many codes were sent.") { RetryAfter = 600 });
        }

        var (handle, code) = (Secrets.NewHandle(), SecondFactor.NewCode());
        db.LoginChallenges.Add(new LoginChallenge
        {
            SecretHash = Secrets.Hash(handle), CodeHash = SecondFactor.CodeHash(handle, code), UserGuid = user.Guid,
            Kind = ChallengeKind.Mailbox, CreatedAt = now, ExpiresAt = now + SecondFactor.Lifetime,
        });
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["code"] = code,
            ["name"] = user.DisplayName.Length > 0 ? user.DisplayName : user.Name,
            ["device"] = device,
        };
        outbox.Add(db, Outbox.Email, user.Email, Notice.LoginCode, values);
        await db.SaveChangesAsync(cancellationToken);
        outbox.Wake();
        return (handle, null);
    }

    /// <summary>Whether this is the mailed code; it works once, and a handle bears few wrong ones.</summary>
    public async Task<bool> IsRightAsync(
        HawserDb db, Guid user, string handle, string code, CancellationToken cancellationToken)
    {
        if (handle.Length is 0 or > 128) return false;
        var hash = Secrets.Hash(handle);
        var now = time.GetUtcNow().UtcDateTime;
        var mine = db.LoginChallenges.Where(
            c => c.SecretHash == hash && c.UserGuid == user && c.Kind == ChallengeKind.Mailbox && c.ExpiresAt > now);
        // Counted first, so that many at once are no more than few.
        if (await mine.Where(c => c.Attempts < SecondFactor.MaximumAttempts)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.Attempts, c => c.Attempts + 1), cancellationToken) == 0)
        {
            return false;
        }

        var expected = await mine.Select(c => c.CodeHash).FirstOrDefaultAsync(cancellationToken);
        return expected is not null
            && CryptographicOperations.FixedTimeEquals(expected, SecondFactor.CodeHash(handle, code))
            && await mine.ExecuteDeleteAsync(cancellationToken) == 1;
    }
}
