using System.Buffers;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Storage;

/// <summary>Says how the storage is, and tries whether it takes and gives back what recordings need.</summary>
internal sealed class StorageDesk(
    RecordingOptions options, RecordingParts parts, RecordingStore store, RecordingQuota quota,
    IRecordingStorage storage)
{
    private const int TrialBytes = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<StorageFacts> DescribeAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        await quota.LoadAsync(db, cancellationToken);
        var most = (long)options.MaxTotal << 20;
        var isFolder = options.S3Bucket.Length == 0;
        RecordingStore.Make(store.Root);
        var drive = new DriveInfo(store.Root);
        return new StorageFacts(
            isFolder, isFolder ? store.Root : options.S3Bucket, drive.AvailableFreeSpace, drive.TotalSize, quota.Total,
            await db.Recordings.CountAsync(cancellationToken), most, (long)options.KeepFree << 20,
            (most == 0 || quota.Total < most) && storage.HasRoomFor(1, start: true));
    }

    /// <summary>
    /// Writes a small recording, reads it again and deletes it; what takes longer than ten seconds is given up.
    /// </summary>
    public async Task<IReadOnlyList<StorageStep>> TryAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var id = $"storage-test-{Guid.CreateVersion7():N}";
        var bytes = RandomNumberGenerator.GetBytes(TrialBytes);
        var steps = new List<StorageStep>();
        var went = await StepAsync("create", () => storage.CreateAsync(id, either.Token))
            && await StepAsync("write", WriteAsync) && await StepAsync("read", ReadAsync);
        // Also what did not go well may have left something.
        await StepAsync("delete", () => storage.DeleteAsync(id, went ? either.Token : CancellationToken.None));
        cancellationToken.ThrowIfCancellationRequested();
        return steps;

        async Task WriteAsync()
        {
            await using var chunk = await storage.PrepareAsync(id, new ReadOnlySequence<byte>(bytes), either.Token);
            if (!await chunk.PublishAsync(0, either.Token)) throw new IOException("the name was taken");
        }

        async Task ReadAsync()
        {
            await using var content = await storage.OpenChunkAsync(id, 0, either.Token)
                ?? throw new IOException("what was written is not there");
            var read = new byte[TrialBytes + 1];
            var length = await content.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, either.Token);
            if (!read.AsSpan(0, length).SequenceEqual(bytes)) throw new IOException("other bytes came back");
        }

        async Task<bool> StepAsync(string name, Func<Task> step)
        {
            var began = parts.Time.GetTimestamp();
            var complaint = await ComplaintAsync(step);
            steps.Add(new StorageStep(
                name, complaint.Length == 0, complaint, (int)parts.Time.GetElapsedTime(began).TotalMilliseconds));
            return complaint.Length == 0;
        }
    }

    private static async Task<string> ComplaintAsync(Func<Task> step)
    {
        try
        {
            await step();
            return "";
        }
        catch (OperationCanceledException)
        {
            return "no answer in time";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
