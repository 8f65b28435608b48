namespace Hawser.Session.Connecting.Load;

/// <summary>
/// Simulates peers that stay registered, callers that ask for them and relayed pairs, against any server of the
/// protocol. Speaks only what stock clients speak.
/// </summary>
public sealed class LoadEngine
{
    private readonly LoadContext _load;
    private readonly LoadPeer[] _peers;
    private long _start;

    /// <summary>Prepares a simulation; nothing is sent yet.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="time">The clock.</param>
    public LoadEngine(LoadOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _load = new LoadContext(options, time);
        _peers = new LoadPeer[options.Peers];
        for (var i = 0; i < _peers.Length; i++)
        {
            _peers[i] = new LoadPeer($"{options.IdPrefix}{i:D6}");
        }
    }

    /// <summary>What was seen so far.</summary>
    /// <returns>The totals.</returns>
    public LoadReport Snapshot()
    {
        var seconds = _start == 0 ? 0 : _load.Time.GetElapsedTime(_start).TotalSeconds;
        return _load.Counters.Report(_load.Options, seconds, _peers.Count(p => p.IsRegistered));
    }

    /// <summary>Runs for the configured time, or until cancelled.</summary>
    /// <param name="ct">Ends the run early; the report is made all the same.</param>
    /// <returns>The totals at the end, taken before anything was closed.</returns>
    public async Task<LoadReport> RunAsync(CancellationToken ct)
    {
        _start = _load.Time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var groups = MakeUdpGroups(out var targets);
        var parts = new List<Task>();
        parts.AddRange(groups.Select(g => QuietlyAsync(g.RunAsync, end.Token)));
        parts.AddRange(MakeStreamPeers(targets).Select(p => QuietlyAsync(p.RunAsync, end.Token)));
        parts.AddRange(MakePairs().Select(p => QuietlyAsync(p.RunAsync, end.Token)));
        using var noMoreCalls = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        if (_load.Options.CallsPerSecond > 0)
        {
            parts.Add(QuietlyAsync(new LoadCalls(_load, targets).RunAsync, noMoreCalls.Token));
        }

        await QuietlyAsync(t => Task.Delay(_load.Options.Duration, _load.Time, t), ct);
        var report = Snapshot();
        await end.CancelAsync();
        await Task.WhenAll(parts);
        await _load.FinishAsync();
        foreach (var group in groups)
        {
            group.Dispose();
        }

        return report;
    }

    private static async Task QuietlyAsync(Func<CancellationToken, Task> run, CancellationToken ct)
    {
        try
        {
            await run(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the end of the run
        }
    }

    private List<LoadUdpPeers> MakeUdpGroups(out List<LoadPeer> targets)
    {
        var options = _load.Options;
        var count = Math.Max(0, options.Peers - options.TcpPeers - options.WebSocketPeers);
        var sockets = Math.Min(count, Math.Max(1, options.MaxUdpSockets));
        var groups = new List<LoadUdpPeers>(sockets);
        targets = [];
        for (var i = 0; i < sockets; i++)
        {
            var members = new List<LoadPeer>();
            for (var j = i; j < count; j += sockets)
            {
                members.Add(_peers[j]);
            }

            targets.Add(members[0]);
            groups.Add(new LoadUdpPeers(_load, [.. members], Spread(i, sockets, options.Interval / members.Count)));
        }

        return groups;
    }

    private List<LoadStreamPeer> MakeStreamPeers(List<LoadPeer> targets)
    {
        var options = _load.Options;
        var streams = Math.Min(options.Peers, options.TcpPeers + options.WebSocketPeers);
        var made = new List<LoadStreamPeer>(streams);
        for (var i = 0; i < streams; i++)
        {
            var peer = _peers[options.Peers - 1 - i];
            targets.Add(peer);
            made.Add(new LoadStreamPeer(_load, peer, i >= options.TcpPeers, Spread(i, streams, options.Interval)));
        }

        return made;
    }

    private IEnumerable<LoadPair> MakePairs()
    {
        for (var i = 0; i < _load.Options.Pairs; i++)
        {
            yield return new LoadPair(_load, i, Spread(i, _load.Options.Pairs, TimeSpan.FromSeconds(1)));
        }
    }

    private static TimeSpan Spread(int i, int count, TimeSpan over) => over * ((double)i / Math.Max(1, count));
}
