using System.Buffers;
using System.Security.Cryptography;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Finishing;

/// <summary>
/// SHA-256 of final files, for who has to show that a file is still the one that was made: computed once, when the file
/// is there, and never while chunks come.
/// </summary>
internal sealed partial class FileHashes(RecordingParts parts, IRecordingStorage storage)
{
    private const int Piece = 256 << 10;
    private readonly ILogger _log = parts.Logs.CreateLogger<FileHashes>();

    /// <summary>Computes and keeps it; what can't be read stays without.</summary>
    /// <param name="row">As it was when it became ready.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ComputeAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        try
        {
            if (await storage.OpenAsync(row.RecordId, row.FinalName, cancellationToken) is not { } file) return;
            await using var content = file.Content;
            await KeepAsync(row, await HashAsync(content, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || e.IsStoreFault())
        {
            Log.NotComputed(_log, row.Guid, e.Message);
        }
    }

    private static async Task<string> HashAsync(Stream content, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer.AsMemory(0, Piece), cancellationToken)) > 0)
            {
                sha.AppendData(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private async Task KeepAsync(RecordingRow row, string hash, CancellationToken cancellationToken)
    {
        var (guid, name, size, at) = (row.Guid, row.FinalName, row.FinalSize, row.FinishedAt);
        await using var db = parts.Store.CreateDb();
        // It may have gone on meanwhile, and be another file by now.
        var kept = await db.Recordings
            .Where(r => r.Guid == guid && r.Status == RecordingStatus.Ready && r.FinalName == name
                && r.FinalSize == size && r.FinishedAt == at)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.FileHash, hash), cancellationToken);
        if (kept > 0) parts.Feed.Publish(new LiveEvent("recording-changed", guid.ToString()));
    }

    private static partial class Log
    {
        [LoggerMessage(7066, LogLevel.Warning, "The hash of recording {Recording} could not be computed: {Reason}")]
        internal static partial void NotComputed(ILogger logger, Guid recording, string reason);
    }
}
