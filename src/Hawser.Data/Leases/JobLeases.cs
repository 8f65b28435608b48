using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Leases;

/// <summary>
/// Sees to it that of all nodes on one database only one does a job at a time. A lease is a row; it ends by itself, so
/// a node that dies holds nobody up for longer than it had asked for. Clocks of nodes may differ by less than a lease.
/// </summary>
public sealed class JobLeases
{
    private readonly HawserStore _store;
    private readonly TimeProvider _time;

    /// <summary>The leases of one node.</summary>
    /// <param name="store">The database.</param>
    /// <param name="time">The clock.</param>
    public JobLeases(HawserStore store, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        _store = store;
        _time = time;
    }

    /// <summary>This node's name in the rows; another one at every start.</summary>
    public string Holder { get; } = $"{Environment.MachineName}-{Guid.CreateVersion7():N}";

    /// <summary>Takes a lease, or makes one that is held here last longer.</summary>
    /// <param name="job">The job.</param>
    /// <param name="duration">For how long from now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False while another node holds it.</returns>
    public async Task<bool> TryTakeAsync(string job, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        var now = _time.GetUtcNow().UtcDateTime;
        var until = now + duration;
        var db = _store.CreateDb();
        await using (db.ConfigureAwait(false))
        {
            // One statement decides; whoever comes second finds the row changed.
            var taken = await db.JobLeases
                .Where(l => l.Name == job && (l.Holder == Holder || l.ExpiresAt <= now))
                .ExecuteUpdateAsync(
                    s => s.SetProperty(l => l.Holder, Holder).SetProperty(l => l.ExpiresAt, until), cancellationToken)
                .ConfigureAwait(false);
            if (taken > 0) return true;
            if (await db.JobLeases.AnyAsync(l => l.Name == job, cancellationToken).ConfigureAwait(false)) return false;
            db.JobLeases.Add(new JobLease { Name = job, Holder = Holder, ExpiresAt = until });
            try
            {
                await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (DbUpdateException e) when (!e.IsPassingStoreFault())
            {
                // Another node's first time was a moment earlier.
                return false;
            }
        }
    }

    /// <summary>Gives a lease back, if it is held here.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up; the lease ends by itself later.</param>
    /// <returns>Whether it was held.</returns>
    public async Task<bool> ReleaseAsync(string job, CancellationToken cancellationToken)
    {
        var db = _store.CreateDb();
        await using (db.ConfigureAwait(false))
        {
            return await db.JobLeases.Where(l => l.Name == job && l.Holder == Holder)
                .ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false) > 0;
        }
    }

    /// <summary>
    /// Does a job under a lease, renewed every third of its time; when it is lost, the job is cancelled. The lease is
    /// given back afterwards.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="duration">How long others wait when this node dies.</param>
    /// <param name="work">The work; its token ends with the lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when another node holds the lease, or it was lost.</returns>
    public async Task<bool> RunAsync(
        string job, TimeSpan duration, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!await TryTakeAsync(job, duration, cancellationToken).ConfigureAwait(false)) return false;
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewAsync(job, duration, lost, done.Token);
        try
        {
            await work(lost.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
            await GiveBackAsync(job, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task GiveBackAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                await ReleaseAsync(job, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e.IsPassingStoreFault() || e is OperationCanceledException)
        {
            // It ends by itself.
        }
    }

    private async Task RenewAsync(
        string job, TimeSpan duration, CancellationTokenSource lost, CancellationToken cancellationToken)
    {
        var until = _time.GetUtcNow() + duration;
        using var timer = new PeriodicTimer(duration / 3, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (await TryRenewAsync(job, duration, cancellationToken).ConfigureAwait(false) is { } held)
                {
                    until = _time.GetUtcNow() + duration;
                    if (held) continue;
                }
                else if (_time.GetUtcNow() < until - (duration / 3))
                {
                    // The database is away for now; the lease still runs.
                    continue;
                }

                await lost.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The job is done.
        }
    }

    private async Task<bool?> TryRenewAsync(string job, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            return await TryTakeAsync(job, duration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e.IsPassingStoreFault())
        {
            return null;
        }
    }
}
