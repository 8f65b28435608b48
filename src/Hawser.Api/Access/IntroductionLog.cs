using System.Threading.Channels;
using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Access;

/// <summary>
/// Writes introductions behind, in batches: nobody waits for it. Rows are lost when the process is killed, and when
/// more
/// than <see cref="Capacity"/> wait because the database can't be written.
/// </summary>
internal sealed partial class IntroductionLog
{
    /// <summary>Rows that wait at most.</summary>
    internal const int Capacity = 10_000;

    private const int BatchSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<Introduction> _queue = Channel.CreateBounded<Introduction>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Func<HawserDb> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _lost;
    private long _written;
    private bool _failing;

    public IntroductionLog(Func<HawserDb> open, TimeProvider time, ILogger log)
    {
        _open = open;
        _time = time;
        _log = log;
    }

    /// <summary>Rows that were lost.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Rows that were written.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Notes one; never waits.</summary>
    public void Add(Introduction row)
    {
        if (!_queue.Writer.TryWrite(row)) Interlocked.Increment(ref _lost);
    }

    /// <summary>Writes until stopped, and then what is left.</summary>
    /// <param name="opened">When the database can be used.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When everything is written; never faults.</returns>
    public async Task RunAsync(Task opened, CancellationToken cancellationToken)
    {
        await opened.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!opened.IsCompletedSuccessfully) return;
        var batch = new List<Introduction>(BatchSize);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
                Fill(batch);
                while (!await TryWriteAsync(batch, cancellationToken))
                {
                    await Task.Delay(Pause, _time, cancellationToken);
                }
                batch.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            // The end; what waits is written once more, if it can be.
        }

        _queue.Writer.TryComplete();
        do
        {
            Fill(batch);
            if (batch.Count == 0) return;
            if (!await TryWriteAsync(batch, CancellationToken.None)) return;
            batch.Clear();
        }
        while (true);
    }

    private void Fill(List<Introduction> batch)
    {
        while (batch.Count < BatchSize && _queue.Reader.TryRead(out var row)) batch.Add(row);
    }

    private async Task<bool> TryWriteAsync(List<Introduction> batch, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = _open();
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            db.Introductions.AddRange(batch);
            await db.SaveChangesAsync(cancellationToken);
            Interlocked.Add(ref _written, batch.Count);
            _failing = false;
            return true;
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            if (!_failing) Log.Failed(_log, e);
            _failing = true;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6510, LogLevel.Warning, "Introductions are not written for now")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
