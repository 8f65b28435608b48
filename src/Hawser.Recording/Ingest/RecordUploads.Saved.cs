using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;

namespace Hawser.Recording.Ingest;

/// <summary>Uploads that are watched while they arrive.</summary>
internal sealed partial class RecordUploads
{
    /// <summary>What is here of an upload; null: nothing, it goes to another node.</summary>
    internal SavedBytes? Saved(RecordingRow row)
    {
        if (!RecordingName.TryParse(row.RecordId, out var name) || store.Arriving(name) is not { } file) return null;
        var type = name.Container == "mp4" ? "video/mp4" : "video/webm";
        return new SavedBytes(file.Length, file.LastWriteTimeUtc, type, async (from, length, output, token) =>
        {
            await using var stream = new FileStream(file.FullName, new FileStreamOptions
            {
                Access = FileAccess.Read, Mode = FileMode.Open, BufferSize = 0, Options = FileOptions.Asynchronous,
                // It is written to, and gets another name when it is complete.
                Share = FileShare.ReadWrite | FileShare.Delete,
            });
            await SavedCopy.RunAsync(stream, from, length, output, token);
        });
    }
}
