using System.Collections.Concurrent;

namespace Hawser.Recording.Playback;

/// <summary>
/// A player fetches one file in many pieces, which is one download: remembers who fetched what a moment ago.
/// </summary>
internal sealed class RecentDownloads
{
    private const int MostKnown = 10_000;
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(string Who, string File), long> _at = new();
    private readonly TimeProvider _time;

    public RecentDownloads(RecordingParts parts)
    {
        _time = parts.Time;
        parts.Heartbeat.Add(Forget);
    }

    /// <summary>Whether this is a download of its own.</summary>
    public bool IsNew(string who, string file)
    {
        var now = _time.GetTimestamp();
        if (_at.TryGetValue((who, file), out var at) && _time.GetElapsedTime(at, now) < Moment) return false;
        if (_at.Count < MostKnown) _at[(who, file)] = now;
        return true;
    }

    private void Forget()
    {
        foreach (var (key, at) in _at)
        {
            if (_time.GetElapsedTime(at) >= Moment) _at.TryRemove(key, out _);
        }
    }
}
