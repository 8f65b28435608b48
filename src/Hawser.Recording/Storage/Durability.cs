using System.Threading.Channels;
using Hawser.Recording.Storage.Linux;
using Microsoft.Win32.SafeHandles;

namespace Hawser.Recording.Storage;

/// <summary>
/// Sees to it that bytes are on the disk before they are answered for (reference §4.3): each chunk on its own, or all
/// that came within a moment together, which suits hundreds of recorders.
/// </summary>
internal sealed class Durability : IAsyncDisposable
{
    /// <summary>How long the first of a group waits for company.</summary>
    internal static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private const int AtOnce = 64;
    private readonly FlushPolicy _policy;
    private readonly TimeProvider _time;
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly Task _grouping;

    public Durability(FlushPolicy policy, TimeProvider time)
    {
        (_policy, _time) = (policy, time);
        _grouping = policy == FlushPolicy.Group ? Task.Run(GroupAsync) : Task.CompletedTask;
    }

    /// <summary>Whether chunks are flushed at all.</summary>
    public bool Flushes => _policy is FlushPolicy.Each or FlushPolicy.Group;

    /// <summary>A file's bytes.</summary>
    public Task FlushAsync(SafeFileHandle file) => _policy switch
    {
        FlushPolicy.Each => Task.Run(() => RandomAccess.FlushToDisk(file)),
        FlushPolicy.Group => Join(new Waiting(file, null)),
        _ => Task.CompletedTask,
    };

    /// <summary>A folder's names.</summary>
    public Task FlushAsync(string folder) => _policy switch
    {
        FlushPolicy.Each => Task.Run(() => FlushFolder(folder)),
        FlushPolicy.Group => Join(new Waiting(null, folder)),
        _ => Task.CompletedTask,
    };

    /// <summary>A folder's names, now.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsWindows()) FolderFlush.Flush(folder);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _grouping;
    }

    private Task Join(Waiting waiting)
    {
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(waiting), this);
        return waiting.Done.Task;
    }

    private async Task GroupAsync()
    {
        var group = new List<Waiting>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await Task.Delay(Moment, _time);
            while (_waiting.Reader.TryRead(out var one)) group.Add(one);
            // At the same time, so that the file system takes most of them along with the first.
            await Parallel.ForEachAsync(Together(group), Together(), FlushAsync);
            group.Clear();
        }
    }

    private static ParallelOptions Together() => new() { MaxDegreeOfParallelism = AtOnce };

    /// <summary>Each file on its own, a folder once for all that wait for it.</summary>
    private static IEnumerable<Waiting[]> Together(List<Waiting> group) =>
        group.Where(w => w.File is not null).Select(w => (Waiting[])[w])
            .Concat(group.Where(w => w.File is null).GroupBy(w => w.Folder, StringComparer.Ordinal)
                .Select(g => g.ToArray()));

    private static ValueTask FlushAsync(Waiting[] same, CancellationToken cancellationToken)
    {
        Exception? failed = null;
        try
        {
            if (same[0].File is { } file) RandomAccess.FlushToDisk(file);
            else FlushFolder(same[0].Folder!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            failed = e;
        }

        foreach (var one in same) one.End(failed);
        return ValueTask.CompletedTask;
    }

    private sealed record Waiting(SafeFileHandle? File, string? Folder)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(Exception? failed)
        {
            if (failed is null) Done.TrySetResult();
            else Done.TrySetException(failed);
        }
    }
}
