using System.Globalization;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Media;
using Hawser.Recording.Storage;

namespace Hawser.Recording.Finishing;

/// <summary>
/// Makes the final file of a client's upload (reference §1.13): it has its header, so mostly there is nothing to do but
/// to look.
/// </summary>
internal sealed class UploadFinish(RecordingStore uploads, IRecordingStorage storage, FFmpeg ffmpeg)
{
    /// <summary>Whether the bytes are on this machine.</summary>
    public bool IsHere(RecordingRow row) =>
        RecordingName.TryParse(row.RecordId, out var name) && Find(name) is not null;

    /// <summary>Makes and verifies it.</summary>
    public async Task<FinalFile> MakeAsync(
        RecordingRow row, ICollection<string> drafts, CancellationToken cancellationToken)
    {
        if (!RecordingName.TryParse(row.RecordId, out var name) || Find(name) is not { } source)
        {
            throw new FinishException(RecordCode.MissingChunks, "The file is gone.", isFinal: true);
        }

        if (await MediaFile.WalkAsync(source.FullName, cancellationToken) is not { } walk)
        {
            throw new FinishException(RecordCode.UnsupportedMedia, "The file is no WebM and no MP4.", isFinal: true);
        }

        var isMp4 = walk is Mp4Walk;
        var final = isMp4 ? StoredNames.FinalMp4 : StoredNames.FinalWebm;
        if (Verification.IsComplete(walk))
        {
            return new FinalFile(source.FullName, final, FinalFile.MimeTypeOf(walk), walk, IsDamaged: false);
        }

        if (walk.Tracks.Count == 0)
        {
            throw new FinishException(RecordCode.FinalizeFailed, "The file's header is missing.", isFinal: true);
        }

        var draft = storage.Draft(row.RecordId, name.Container);
        drafts.Add(draft);
        string[] arguments =
        [
            "-f", isMp4 ? "mp4" : "matroska", "-i", "file:" + source.FullName, "-map", "0:v:0?", "-map", "0:a:0?",
            "-c", "copy", "-fs", FFmpeg.RoomFor(source.Length).ToString(CultureInfo.InvariantCulture),
            "-f", isMp4 ? "mp4" : walk.IsWebm ? "webm" : "matroska",
            isMp4 ? "-movflags" : "-cues_to_front", isMp4 ? "+faststart" : "1", Path.GetFileName(draft),
        ];
        var run = await ffmpeg.RunAsync(
            arguments, Path.GetDirectoryName(draft)!, source.Length, null, cancellationToken);
        StreamFinish.ThrowWhenFull(run);
        if (run.ExitCode != 0)
        {
            throw new FinishException(
                RecordCode.FinalizeFailed,
                $"FFmpeg ended with {run.ExitCode}: {Verification.LastLine(run.Said)}", isFinal: false);
        }

        var made = await MediaFile.WalkAsync(draft, cancellationToken);
        var isDamaged = Verification.IsDamaged(made, [walk], run.Said);
        return new FinalFile(draft, final, FinalFile.MimeTypeOf(made!), made!, isDamaged);
    }

    /// <summary>After a crash at the wrong moment the file has its last name already.</summary>
    private FileInfo? Find(RecordingName name) => uploads.Source(name) ?? uploads.Final(name);

    /// <summary>The final file is there: what it was made of is not needed any more.</summary>
    public void DeleteSource(RecordingRow row)
    {
        if (RecordingName.TryParse(row.RecordId, out var name)) uploads.Source(name)?.Delete();
    }
}
