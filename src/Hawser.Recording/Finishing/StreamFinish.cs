using System.Globalization;
using System.Text;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Media;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Finishing;

/// <summary>
/// Makes the final file of a recording that came in chunks (reference §3.4): joined as bytes, remuxed run by run for
/// duration and index, verified. Nothing is decoded unless runs do not fit together.
/// </summary>
internal sealed class StreamFinish(RecordingParts parts, IRecordingStorage storage, FFmpeg ffmpeg)
{
    /// <summary>Makes and verifies it.</summary>
    /// <param name="row">The recording.</param>
    /// <param name="progress">Told of bytes that were read.</param>
    /// <param name="drafts">Every file that was made; whoever calls deletes what is left.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<FinalFile> MakeAsync(
        RecordingRow row, Action<long> progress, ICollection<string> drafts, CancellationToken cancellationToken)
    {
        var (chunks, isLacking) = await ChunksAsync(row, cancellationToken);
        var stream = new ChunkStream(storage, row.RecordId, chunks, progress);
        var runs = new List<Run>();
        while (!stream.IsAtEnd && await RunAsync(row, stream, drafts, cancellationToken) is { } run) runs.Add(run);
        if (runs.Count == 0)
        {
            throw new FinishException(
                stream.IsLacking ? RecordCode.MissingChunks : RecordCode.UnsupportedMedia,
                "The first chunk is missing or broken.", isFinal: true);
        }

        var (draft, said) = runs.Count == 1 ? (runs[0].Draft, runs[0].Said)
            : await ConcatAsync(row, runs, drafts, cancellationToken);
        var made = await MediaFile.WalkAsync(draft, cancellationToken);
        var isDamaged = Verification.IsDamaged(made, runs.ConvertAll(r => r.Source), said);
        return new FinalFile(
            draft, StoredNames.FinalWebm, FinalFile.MimeTypeOf(made!), made!,
            isDamaged || isLacking || stream.IsLacking);
    }

    /// <summary>In the order of arrival, or in the client's own when every chunk has one (reference §1.8).</summary>
    private async Task<(List<ChunkFacts> Chunks, bool IsLacking)> ChunksAsync(
        RecordingRow row, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var chunks = await db.RecordingChunks.AsNoTracking().Where(c => c.RecordingGuid == row.Guid)
            .OrderBy(c => c.Index).Select(c => new ChunkFacts(c.Index, c.Length, c.Seq))
            .ToListAsync(cancellationToken);
        var isLacking = chunks.Count < row.Announced;
        if (chunks.Count == 0 || chunks.Exists(c => c.Seq is null)) return (chunks, isLacking);
        chunks.Sort((a, b) => a.Seq!.Value.CompareTo(b.Seq!.Value));
        var first = chunks[0].Seq!.Value;
        return (chunks, isLacking || first > 1 || chunks[^1].Seq!.Value - first != chunks.Count - 1);
    }

    /// <returns>Null: nothing that can be used is left.</returns>
    private async Task<Run?> RunAsync(
        RecordingRow row, ChunkStream stream, ICollection<string> drafts, CancellationToken cancellationToken)
    {
        if (await stream.PeekAsync(cancellationToken) is not { Tracks.Count: > 0 } head) return null;
        var draft = storage.Draft(row.RecordId, "webm");
        drafts.Add(draft);
        MediaWalk walk = head is Mp4Walk ? new Mp4Walk() : new EbmlWalk();
        string[] arguments =
        [
            "-f", head is Mp4Walk ? "mp4" : "matroska", "-i", "pipe:0", "-map", "0:v:0?", "-map", "0:a:0?",
            "-c", "copy", "-fs", FFmpeg.RoomFor(row.Size).ToString(CultureInfo.InvariantCulture),
            "-f", head.IsWebm ? "webm" : "matroska", "-cues_to_front", "1", Path.GetFileName(draft),
        ];
        var wrote = false;
        var run = await ffmpeg.RunAsync(
            arguments, Path.GetDirectoryName(draft)!, row.Size,
            async (input, token) =>
            {
                await stream.WriteRunAsync(input, walk, token);
                wrote = true;
            },
            cancellationToken);
        ThrowWhenFull(run);
        if (run.ExitCode == 0 && wrote && File.Exists(draft)) return new Run(draft, walk, run.Said);
        throw new FinishException(
            RecordCode.FinalizeFailed,
            $"FFmpeg ended with {run.ExitCode}: {Verification.LastLine(run.Said)}", isFinal: false);
    }

    /// <summary>Only files that were remuxed may be put together by FFmpeg, and only when they are alike.</summary>
    private async Task<(string Draft, string Said)> ConcatAsync(
        RecordingRow row, List<Run> runs, ICollection<string> drafts, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(runs[0].Draft)!;
        if (runs.Skip(1).Any(r => !AreAlike(runs[0].Source, r.Source)))
        {
            for (var i = 0; i < runs.Count; i++)
            {
                runs[i] = await AdaptedAsync(row, runs[i], runs, drafts, cancellationToken);
            }
        }

        var list = storage.Draft(row.RecordId, "txt");
        drafts.Add(list);
        var text = new StringBuilder("ffconcat version 1.0\n");
        foreach (var run in runs)
        {
            text.Append(CultureInfo.InvariantCulture, $"file '{Path.GetFileName(run.Draft)}'\n");
        }

        await File.WriteAllTextAsync(list, text.ToString(), cancellationToken);
        var draft = storage.Draft(row.RecordId, "webm");
        drafts.Add(draft);
        var isWebm = runs.TrueForAll(r => r.Source.IsWebm);
        string[] arguments =
        [
            "-f", "concat", "-safe", "0", "-i", Path.GetFileName(list), "-map", "0:v:0?", "-map", "0:a:0?",
            "-c", "copy", "-f", isWebm ? "webm" : "matroska", "-cues_to_front", "1", Path.GetFileName(draft),
        ];
        var made = await ffmpeg.RunAsync(arguments, folder, row.Size, null, cancellationToken);
        ThrowWhenFull(made);
        return made.ExitCode == 0 ? (draft, made.Said) : throw new FinishException(
            RecordCode.FinalizeFailed,
            $"FFmpeg ended with {made.ExitCode}: {Verification.LastLine(made.Said)}", isFinal: false);
    }

    /// <summary>Makes a run like the first one: the same size, VP8 and Opus, silence where it has no sound.</summary>
    private async Task<Run> AdaptedAsync(
        RecordingRow row, Run run, List<Run> all, ICollection<string> drafts, CancellationToken cancellationToken)
    {
        var video = all.Select(r => r.Source.Tracks.Find(t => t.Kind == TrackKind.Video))
            .FirstOrDefault(t => t is not null);
        var hasSound = all.Exists(r => r.Source.Tracks.Exists(t => t.Kind == TrackKind.Audio));
        var (own, ownSound) = (run.Source.Tracks.Exists(t => t.Kind == TrackKind.Video),
            run.Source.Tracks.Exists(t => t.Kind == TrackKind.Audio));
        if (video is not null && !own)
        {
            throw new FinishException(
                RecordCode.FinalizeFailed, "Parts of the recording with and without pictures do not fit together.",
                isFinal: true);
        }

        var draft = storage.Draft(row.RecordId, "webm");
        drafts.Add(draft);
        List<string> line = ["-f", "matroska", "-i", Path.GetFileName(run.Draft)];
        if (hasSound && !ownSound) line.AddRange(["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-shortest"]);
        if (video is not null)
        {
            var (width, height) = ((video.Width + 1) & ~1, (video.Height + 1) & ~1);
            line.AddRange(
            [
                "-map", "0:v:0", "-vf",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1"),
                "-c:v", "libvpx", "-b:v", "2M", "-deadline", "realtime", "-cpu-used", "4",
            ]);
        }

        if (hasSound) line.AddRange(["-map", ownSound ? "0:a:0" : "1:a:0", "-c:a", "libopus", "-ac", "2"]);
        line.AddRange(["-f", "webm", Path.GetFileName(draft)]);
        // It takes longer than copying and may write more; its limits follow from a generous size.
        var made = await ffmpeg.RunAsync(
            line, Path.GetDirectoryName(draft)!, Math.Max(row.Size * 4, 1L << 30), null, cancellationToken);
        ThrowWhenFull(made);
        var walk = made.ExitCode == 0 ? await MediaFile.WalkAsync(draft, cancellationToken) : null;
        return walk is null ? throw new FinishException(
                RecordCode.FinalizeFailed, $"FFmpeg ended with {made.ExitCode}: {Verification.LastLine(made.Said)}",
                isFinal: false)
            : new Run(draft, walk, made.Said);
    }

    private static bool AreAlike(MediaWalk one, MediaWalk other) =>
        one.Tracks.Count == other.Tracks.Count
        && one.Tracks.Zip(other.Tracks).All(p => p.First.Codec == p.Second.Codec
            && p.First.Width == p.Second.Width && p.First.Height == p.Second.Height);

    /// <summary>FFmpeg has no code of its own for a full disk.</summary>
    internal static void ThrowWhenFull(FFmpegRun run)
    {
        if (run.Said.Contains("No space left on device", StringComparison.Ordinal)
            || run.Said.Contains("Disk quota exceeded", StringComparison.Ordinal))
        {
            throw new StorageException("FFmpeg found no room", isFull: true);
        }
    }

    private sealed record Run(string Draft, MediaWalk Source, string Said);
}
