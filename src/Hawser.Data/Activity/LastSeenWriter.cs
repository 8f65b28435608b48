using Hawser.Data.Devices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Data.Activity;

/// <summary>One part of all peers, and from when on a sighting is news.</summary>
/// <param name="Index">Which part, 0 to <paramref name="Count"/> - 1; for instance the slots with this
/// remainder.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Since">Only peers seen at this time or later, UTC.</param>
public readonly record struct LastSeenSlice(int Index, int Count, DateTime Since);

/// <summary>Tells the sightings of a slice from memory.</summary>
/// <param name="slice">Which peers.</param>
/// <param name="visit">Called with the id and the UTC time.</param>
public delegate void LastSeenSource(LastSeenSlice slice, Action<string, DateTime> visit);

/// <summary>
/// Brings "last seen" from memory to the rows, far from any datagram. Every minute one sixtieth of the peers is asked
/// for, so a device that is online costs one write an hour instead of one every 15 seconds, and needs no memory here;
/// single sightings (of the API, of a peer that is being forgotten) are collected and go with the next round.
/// </summary>
public sealed partial class LastSeenWriter
{
    /// <summary>Slices of all peers, one a round: one round a minute makes an hour.</summary>
    public const int Slices = 60;

    /// <summary>The time between two rounds.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Single sightings that wait for the next round; more are dropped and counted.</summary>
    public const int MaxNotes = 100_000;

    // Small enough that a key registration never waits long for its turn.
    private const int BatchSize = 2000;

    private readonly DeviceStore _devices;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<LastSeenSource> _sources = [];
    private readonly DateTime[] _since = new DateTime[Slices];
    private readonly Lock _gate = new();
    private Dictionary<string, DateTime> _notes = new(StringComparer.Ordinal);
    private Task _round = Task.CompletedTask;
    private long _lastRound;
    private int _slice;
    private bool _failing;
    private bool _stopped;
    private long _dropped;
    private long _written;

    /// <summary>A writer; nothing happens until it is ticked.</summary>
    /// <param name="devices">Where to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to log.</param>
    public LastSeenWriter(DeviceStore devices, TimeProvider time, ILoggerFactory? logs = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _devices = devices;
        _time = time;
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger<LastSeenWriter>();
        _lastRound = time.GetTimestamp();
        var now = time.GetUtcNow().UtcDateTime;
        // A loop: Array.Fill of this type would be compiled at every start.
        for (var i = 0; i < _since.Length; i++) _since[i] = now;
    }

    /// <summary>Single sightings that were dropped because too many waited.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Rows that were changed.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Adds a source of sightings; before the first tick only.</summary>
    /// <param name="source">Asked on a thread of the pool.</param>
    public void AddSource(LastSeenSource source) => _sources.Add(source);

    /// <summary>Notes a single sighting; the newest of an id wins.</summary>
    /// <param name="id">The device.</param>
    /// <param name="seenAt">When, UTC.</param>
    public void Note(string id, DateTime seenAt)
    {
        lock (_gate)
        {
            if (_notes.TryGetValue(id, out var known))
            {
                if (seenAt > known) _notes[id] = seenAt;
            }
            else if (_notes.Count < MaxNotes)
            {
                _notes.Add(id, seenAt);
            }
            else
            {
                _dropped++;
            }
        }
    }

    /// <summary>Starts a round when one is due and none runs. The heartbeat calls it; it never waits.</summary>
    public void Tick()
    {
        if (_time.GetElapsedTime(_lastRound) < Period) return;
        lock (_gate)
        {
            if (_stopped || !_round.IsCompleted) return;
            _lastRound = _time.GetTimestamp();
            _slice = (_slice + 1) % Slices;
            var slice = _slice;
            _round = Task.Run(() => WriteAsync(slice, 1, CancellationToken.None));
        }
    }

    /// <summary>Writes everything that is not written yet, and ends.</summary>
    /// <param name="cancellationToken">The deadline; what is not written then is lost.</param>
    /// <returns>When done.</returns>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task round;
        lock (_gate)
        {
            _stopped = true;
            round = _round;
        }

        await round.WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.Run(() => WriteAsync(0, Slices, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(int first, int count, CancellationToken cancellationToken)
    {
        try
        {
            Dictionary<string, DateTime> notes;
            lock (_gate)
            {
                (notes, _notes) = (_notes, new Dictionary<string, DateTime>(StringComparer.Ordinal));
            }

            await WriteAsync([.. notes], cancellationToken).ConfigureAwait(false);
            for (var slice = first; slice < first + count; slice++)
            {
                await WriteSliceAsync(slice, cancellationToken).ConfigureAwait(false);
            }

            _failing = false;
        }
        catch (StoreException e)
        {
            // The sightings are still in memory and their time window stays open, so a later round brings them.
            if (!_failing) Log.Failed(_log, e.Message);
            _failing = true;
        }
    }

    private async Task WriteSliceAsync(int slice, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var seen = new List<KeyValuePair<string, DateTime>>();
        foreach (var source in _sources)
        {
            source(new LastSeenSlice(slice, Slices, _since[slice]), (id, at) => seen.Add(new(id, at)));
        }

        await WriteAsync(seen, cancellationToken).ConfigureAwait(false);
        _since[slice] = now;
    }

    private async Task WriteAsync(List<KeyValuePair<string, DateTime>> seen, CancellationToken cancellationToken)
    {
        for (var start = 0; start < seen.Count; start += BatchSize)
        {
            var batch = seen.GetRange(start, Math.Min(BatchSize, seen.Count - start));
            Interlocked.Add(ref _written, await _devices.TouchAsync(batch, cancellationToken).ConfigureAwait(false));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Warning, "Last-seen times are not written for now: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
