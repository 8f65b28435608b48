using Hawser.Recording.Library;
using Hawser.Recording.Media;

namespace Hawser.Recording.Finishing;

/// <summary>Whether a final file holds what it was made of (reference §3.5).</summary>
internal static class Verification
{
    private const double Tolerance = 1000;

    /// <summary>Compares; what plays but misses something is damaged, what does not play is refused.</summary>
    /// <param name="made">The final file.</param>
    /// <param name="sources">What it was made of, run by run.</param>
    /// <param name="said">What FFmpeg said, for people.</param>
    /// <returns>Whether something is missing.</returns>
    /// <exception cref="FinishException">It does not play, or too much is missing.</exception>
    public static bool IsDamaged(MediaWalk? made, IReadOnlyList<MediaWalk> sources, string said)
    {
        if (made is null || made.Packets == 0 || made.DurationMs is not > 0)
        {
            throw Refused("FFmpeg made no playable file", said);
        }

        var (kept, came) = (Kept(made), sources.Sum(Kept));
        var damaged = sources.Any(s => s.IsDamaged);
        // A remux that loses most of it says that all is well (reference §1.14, 1).
        if (kept < came / 2 && !damaged) throw Refused($"only {kept} of {came} packets are in the final file", said);
        if (kept * 10 < came) throw Refused($"only {kept} of {came} packets are in the final file", said);
        return damaged || kept != came || made.Breaks > 0 || made.IsCutOff || !made.HasIndex
            || made.Tracks.Exists(t => t.Backwards > 0 && made.IsWebm)
            || (made.FirstKnown() && Math.Abs(made.DurationMs.Value - made.LastMs) > Tolerance)
            || !LastsAsLong(made, sources);
    }

    /// <summary>A client's own file that needs no work (reference §1.13).</summary>
    public static bool IsComplete(MediaWalk walk) =>
        walk is { Packets: > 0, Breaks: 0, IsCutOff: false, HasIndex: true, DurationMs: > 0 }
        && !walk.Tracks.Exists(t => t.Backwards > 0)
        && (!walk.FirstKnown() || Math.Abs(walk.DurationMs.Value - walk.LastMs) <= Tolerance);

    private static bool LastsAsLong(MediaWalk made, IReadOnlyList<MediaWalk> sources) =>
        !sources.All(s => s.FirstKnown())
        || sources.Sum(s => s.SpanMs) <= made.DurationMs + (Tolerance * sources.Count);

    private static long Kept(MediaWalk walk)
    {
        // One track of each kind is kept, as it was recorded.
        var video = walk.Tracks.Find(t => t.Kind == TrackKind.Video)?.Packets ?? 0;
        return video + (walk.Tracks.Find(t => t.Kind == TrackKind.Audio)?.Packets ?? 0);
    }

    private static bool FirstKnown(this MediaWalk walk) => walk.Tracks.Exists(t => t.FirstMs is not null);

    private static FinishException Refused(string text, string said) =>
        new(RecordCode.FinalizeFailed, $"{text}: {LastLine(said)}", isFinal: false);

    /// <summary>The last thing that was said, in so far as it names no path.</summary>
    internal static string LastLine(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var line = Array.FindLast(lines, l => !l.Contains('/')) ?? "it said nothing";
        return line.Length > 160 ? line[..160] : line;
    }
}
