using Hawser.Api.Http;

namespace Hawser.Api.Access;

/// <summary>Callers that bring a ticket of the console instead of a login: browsers.</summary>
internal sealed partial class AccessDesk
{
    private const string TicketEnded =
        "This connection was prepared too long ago, or used already. Please connect again.";

    /// <summary>
    /// A ticket opens what its holder may reach now, not what he might when he asked for it. The further requests of
    /// the same attempt from the same host belong to it.
    /// </summary>
    private async ValueTask<AccessVerdict> DecideByTicketAsync(
        AccessRequest request, CancellationToken cancellationToken)
    {
        var hash = Secrets.Hash(request.Token);
        var key = new RecentAttempts.Key(
            Guid.Empty, Convert.ToHexString(hash), request.TargetId, request.Caller.Host);
        if (!await Watch.IsTrueAsync(cancellationToken)) return AccessVerdict.Deny(Unavailable);
        var snapshot = Watch.Current!;
        await using var db = _open();
        // One at a time: a client's two first requests come together, and the second belongs to the first.
        await _grants.WaitAsync(cancellationToken);
        try
        {
            if (_attempts.Find(key) is null)
            {
                if (!await ViewerTickets.TryUseAsync(db, hash, request, Now, cancellationToken))
                {
                    return AccessVerdict.Deny(TicketEnded);
                }

                Log.TicketUsed(_log, request.TargetId);
            }

            if (await ViewerTickets.FindUsedAsync(db, hash, Now, cancellationToken) is not { } ticket
                || ticket.Row.ConnType != request.ConnType) return AccessVerdict.Deny(TicketEnded);
            var user = ticket.User;
            var caller = new AccessCaller(user.Guid, user.Name, user.IsAdmin, user.UserGroup);
            var target = AccessPolicy.NeedsFacts(snapshot, caller)
                ? await FactsAsync(request.TargetId, snapshot, cancellationToken)
                : null;
            var decision = AccessPolicy.Decide(snapshot, caller, target, Now);
            if (!decision.Allowed) return AccessVerdict.Deny(decision.Text);
            return new AccessVerdict(
                true, "", ViewerTickets.Narrow(decision.Role?.Map, ticket.Row.ViewOnly),
                Reference(request, key, user, decision), snapshot.Settings.LiveSessions);
        }
        finally
        {
            _grants.Release();
        }
    }

    /// <summary>The sign-in behind a ticket that was used, and the device that it opened.</summary>
    private async ValueTask<UsedTicket?> HolderAsync(string token, CancellationToken cancellationToken)
    {
        await using var db = _open();
        return await ViewerTickets.FindUsedAsync(db, Secrets.Hash(token), Now, cancellationToken);
    }
}
