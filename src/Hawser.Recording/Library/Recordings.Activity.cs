using System.Collections.Concurrent;
using Hawser.Recording.Media;

namespace Hawser.Recording.Library;

/// <summary>Where in a recording something moves.</summary>
internal sealed partial class Recordings
{
    private const long LongestWalk = 4L << 30;
    private const int MostKept = 200;
    private readonly ConcurrentDictionary<string, IReadOnlyList<int>> _activity = new(StringComparer.Ordinal);

    /// <summary>
    /// How much moves, second by second, 0 to 9; empty: it is not known, of what is not finished, of MP4 files, and of
    /// very large ones; null: there is no such recording, or it is not the caller's.
    /// </summary>
    public async Task<IReadOnlyList<int>?> ActivityAsync(
        RecordCaller caller, string? recordId, CancellationToken cancellationToken)
    {
        if (await SeenAsync(caller, recordId, RecordRights.View, cancellationToken) is null) return null;
        var file = await OpenAsync(caller, recordId, RecordPart.Final, cancellationToken);
        if (file is null) return [];
        await using var content = file.Content;
        var key = $"{recordId} {file.ETag}";
        if (_activity.TryGetValue(key, out var known)) return known;
        if (file.Length > LongestWalk) return [];
        var line = new ActivityLine();
        await MediaFile.WalkAsync(content, line, cancellationToken);
        var levels = line.Levels();
        // Files don't change; those that were looked at long ago are walked through again.
        if (_activity.Count >= MostKept) _activity.Clear();
        return _activity[key] = levels;
    }
}
