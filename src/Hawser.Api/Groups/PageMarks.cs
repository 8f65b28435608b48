using System.Collections.Concurrent;
using Hawser.Api.Http;

namespace Hawser.Api.Groups;

/// <summary>
/// Remembers where the page that somebody read last ended, so that the next one goes on from there instead of counting
/// and skipping again: clients ask for page after page (reference §2.5), and a fleet has thousands of them.
/// </summary>
internal sealed class PageMarks
{
    private static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(30);
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<(Guid User, string List), Mark> _marks = new();
    private readonly TimeProvider _time;

    public PageMarks(ApiParts parts, TimeProvider time)
    {
        _time = time;
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>Where a page begins; null: it must be counted out.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="list">For what, filters included.</param>
    /// <param name="page">Which page.</param>
    public Mark? Before(Guid user, string list, PageQuery page) =>
        page.Current > 1 && _marks.TryGetValue((user, list), out var mark) && mark.Page == page.Current - 1
            && mark.Size == page.Size && _time.GetElapsedTime(mark.At) < MaximumAge ? mark : null;

    /// <summary>Notes where a page ended.</summary>
    public void After(Guid user, string list, PageQuery page, int total, string last)
    {
        if (_marks.Count >= Most) return;
        _marks[(user, list)] = new Mark(page.Current, page.Size, total, last, _time.GetTimestamp());
    }

    private void Sweep()
    {
        foreach (var (key, mark) in _marks)
        {
            if (_time.GetElapsedTime(mark.At) >= MaximumAge) _marks.TryRemove(key, out _);
        }
    }

    /// <summary>The end of a page.</summary>
    /// <param name="Page">Which.</param>
    /// <param name="Size">Its size.</param>
    /// <param name="Total">What was counted.</param>
    /// <param name="Last">The key of its last item.</param>
    /// <param name="At">When.</param>
    internal sealed record Mark(int Page, int Size, int Total, string Last, long At);
}
