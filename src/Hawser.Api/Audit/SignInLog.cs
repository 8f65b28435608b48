using System.Net;
using Hawser.Data;
using Hawser.Data.Accounts;

namespace Hawser.Api.Audit;

/// <summary>
/// Sign-ins to the console as operations of its log (<c>iop</c> 0, admin reference §4.7): those that succeeded, and
/// those that did not, told apart by <c>result</c>. Of failures only so many are written in a minute, and how many were
/// left out is told with the next: somebody who guesses must not fill the disk, nor drown what he does in it.
/// </summary>
internal sealed class SignInLog(ConsoleLog log, ApiParts parts, TimeProvider time)
{
    /// <summary>Failures that are written in a minute.</summary>
    internal const int MostFailures = 60;

    private readonly Lock _gate = new();
    private long _minuteAt;
    private int _written;
    private int _leftOut;

    /// <summary>Adds the row of a sign-in; the caller saves.</summary>
    public void Succeeded(HawserDb db, User user, string browser, IPAddress? from) =>
        log.AddSignIn(db, user.Guid, user.Name, from, ("result", "success"), ("browser", browser));

    /// <summary>Stores the row of a failure.</summary>
    /// <param name="user">Who it would have been; null: not known. What was typed is not written: it may be a
    /// password.</param>
    /// <param name="reason">Why, for programs.</param>
    /// <param name="browser">With what.</param>
    /// <param name="from">From where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task FailedAsync(
        User? user, string reason, string browser, IPAddress? from, CancellationToken cancellationToken)
    {
        if (!TryTake(out var leftOut)) return;
        await using var db = parts.Store.CreateDb();
        log.AddSignIn(
            db, user?.Guid, user?.Name ?? "(unknown)", from, ("result", "failed"), ("reason", reason),
            ("browser", browser), ("failures_left_out", leftOut == 0 ? null : $"{leftOut}"));
        await db.SaveChangesAsync(cancellationToken);
    }

    private bool TryTake(out int leftOut)
    {
        lock (_gate)
        {
            leftOut = 0;
            if (_minuteAt == 0 || time.GetElapsedTime(_minuteAt) >= TimeSpan.FromMinutes(1))
            {
                (_minuteAt, _written) = (time.GetTimestamp(), 0);
            }

            if (_written >= MostFailures)
            {
                _leftOut++;
                return false;
            }

            _written++;
            (leftOut, _leftOut) = (_leftOut, 0);
            return true;
        }
    }
}
