using System.Collections.Concurrent;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Access;

/// <summary>An operator whose client says that a remote session goes on.</summary>
/// <param name="Number">Tells sessions apart in this process.</param>
/// <param name="UserGuid">The account.</param>
/// <param name="UserName">Its name.</param>
/// <param name="TokenGuid">The login, or the ticket of a browser.</param>
/// <param name="OperatorDeviceId">The device that logged in; may be empty.</param>
/// <param name="Address">Where the operator is.</param>
/// <param name="Since">When it began, UTC.</param>
/// <param name="LastTargetId">The device that this login was last introduced to; empty when not known.</param>
internal sealed record LiveSession(
    long Number, Guid UserGuid, string UserName, Guid TokenGuid, string OperatorDeviceId, string Address,
    DateTime Since,
    string LastTargetId);

/// <summary>
/// Operators' sessions as their clients tell them (reference §15.2): one connection each, which ends when the login is
/// revoked. For the console; a session without such a connection is one of a client that is not logged in.
/// </summary>
internal sealed partial class LiveSessions(Func<HawserDb> open, TimeProvider time, ILogger log)
{
    private const int BatchSize = 200;
    private readonly ConcurrentDictionary<long, (LiveSession Session, Action Close)> _all = new();
    private long _number;

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>Who is connected now, the longest first.</summary>
    public IReadOnlyList<LiveSession> List() => [.. _all.Values.Select(s => s.Session).OrderBy(s => s.Number)];

    /// <summary>One begins.</summary>
    /// <param name="session">Who; the number is given here.</param>
    /// <param name="close">Ends the connection.</param>
    /// <returns>To be disposed when the connection has ended.</returns>
    public IDisposable Add(LiveSession session, Action close)
    {
        var number = Interlocked.Increment(ref _number);
        _all[number] = (session with { Number = number }, close);
        return new Entry(this, number);
    }

    /// <summary>Ends the sessions of logins that are no longer valid.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EndRevokedAsync(CancellationToken cancellationToken)
    {
        if (_all.IsEmpty) return;
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = open();
        foreach (var tokens in _all.Values.Select(s => s.Session.TokenGuid).Distinct().Chunk(BatchSize))
        {
            var valid = await (
                from token in db.AccessTokens.AsNoTracking()
                join user in db.Users.AsNoTracking() on token.UserGuid equals user.Guid
                where tokens.Contains(token.Guid) && user.Status == UserStatus.Normal
                    && (token.ExpiresAt == null || token.ExpiresAt > now)
                select token.Guid).ToListAsync(cancellationToken);
            valid.AddRange(await ViewerTickets.ValidAsync(db, tokens, now, cancellationToken));
            foreach (var (session, close) in _all.Values)
            {
                if (!tokens.Contains(session.TokenGuid) || valid.Contains(session.TokenGuid)) continue;
                Log.Ended(log, session.UserGuid, session.Address);
                close();
            }
        }
    }

    private sealed class Entry(LiveSessions sessions, long number) : IDisposable
    {
        public void Dispose() => sessions._all.TryRemove(number, out _);
    }

    private static partial class Log
    {
        [LoggerMessage(6520, LogLevel.Information,
            "The session of user {User} at {Address} ends: its login was revoked")]
        public static partial void Ended(ILogger logger, Guid user, string address);
    }
}
