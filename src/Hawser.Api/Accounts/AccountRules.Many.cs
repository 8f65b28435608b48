using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>What is done to many accounts at once: whoever is not there any more is passed over.</summary>
internal sealed partial class AccountRules
{
    private const int AtOnce = 500;

    /// <summary>Demands an authenticator, or demands none any more.</summary>
    /// <param name="guids">The users.</param>
    /// <param name="enforce">Whether one is demanded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EnforceTotpAsync(
        IReadOnlyCollection<Guid> guids, bool enforce, CancellationToken cancellationToken)
    {
        foreach (var some in guids.Chunk(AtOnce))
        {
            await db.Users.Where(u => some.Contains(u.Guid)).ExecuteUpdateAsync(
                s => s.SetProperty(u => u.TotpEnforced, enforce), cancellationToken);
        }
    }

    /// <summary>Asks for no mailed code any more.</summary>
    public async Task DropEmailVerificationAsync(IReadOnlyCollection<Guid> guids, CancellationToken cancellationToken)
    {
        foreach (var some in guids.Chunk(AtOnce))
        {
            await db.Users.Where(u => some.Contains(u.Guid)).ExecuteUpdateAsync(
                s => s.SetProperty(u => u.EmailLogin, false), cancellationToken);
            await db.LoginChallenges.Where(c => some.Contains(c.UserGuid) && c.Kind == ChallengeKind.Email)
                .ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Ends every login of users; API tokens stay.</summary>
    public async Task LogOutEverywhereAsync(IReadOnlyCollection<Guid> guids, CancellationToken cancellationToken)
    {
        foreach (var some in guids.Chunk(AtOnce))
        {
            await db.AccessTokens.Where(t => some.Contains(t.UserGuid) && t.Kind < TokenKind.Api)
                .ExecuteDeleteAsync(cancellationToken);
            // An invitation is no login.
            await db.LoginChallenges.Where(c => some.Contains(c.UserGuid) && c.Kind != ChallengeKind.Invitation)
                .ExecuteDeleteAsync(cancellationToken);
            foreach (var guid in some) events.Changed(guid);
        }
    }
}
