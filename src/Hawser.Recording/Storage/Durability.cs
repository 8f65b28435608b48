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

    private readonly FlushPolicy _policy;
    private readonly DiskThreads _disk;
    private readonly TimeProvider _time;
    private readonly Channel<Waiting> _files = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly Channel<Waiting> _folders = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly Task _grouping;

    public Durability(FlushPolicy policy, DiskThreads disk, TimeProvider time)
    {
        (_policy, _disk, _time) = (policy, disk, time);
        _grouping = policy == FlushPolicy.Group
            ? Task.WhenAll(Task.Run(GroupFilesAsync), Task.Run(GroupFoldersAsync)) : Task.CompletedTask;
    }

    /// <summary>Whether chunks are flushed at all.</summary>
    public bool Flushes => _policy is FlushPolicy.Each or FlushPolicy.Group;

    /// <summary>Whether who writes a file flushes it as well, on the same thread.</summary>
    public bool FlushesEach => _policy == FlushPolicy.Each;

    /// <summary>Whether flushes wait for each other.</summary>
    public bool FlushesGroups => _policy == FlushPolicy.Group;

    /// <summary>A file's bytes.</summary>
    public ValueTask FlushAsync(SafeFileHandle file) => _policy switch
    {
        FlushPolicy.Each => _disk.RunAsync(static f => RandomAccess.FlushToDisk((SafeFileHandle)f), file),
        FlushPolicy.Group => new(Join(_files, file)),
        _ => default,
    };

    /// <summary>A folder's names.</summary>
    public ValueTask FlushAsync(string folder) => _policy switch
    {
        FlushPolicy.Each => _disk.RunAsync(static f => FlushFolder((string)f), folder),
        FlushPolicy.Group => new(Join(_folders, folder)),
        _ => default,
    };

    /// <summary>A folder's names, now.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsWindows()) FolderFlush.Flush(folder);
    }

    public async ValueTask DisposeAsync()
    {
        _files.Writer.TryComplete();
        _folders.Writer.TryComplete();
        await _grouping;
    }

    private Task Join(Channel<Waiting> group, object what)
    {
        var waiting = new Waiting(what);
        ObjectDisposedException.ThrowIf(!group.Writer.TryWrite(waiting), this);
        return waiting.Done.Task;
    }

    private async Task GroupFilesAsync()
    {
        while (await _files.Reader.WaitToReadAsync())
        {
            await Task.Delay(Moment, _time);
            var group = Take(_files);
            // At the same time, so that the file system takes most of them along with the first.
            await Task.WhenAll(group.Select(w => FlushAsync([w])));
        }
    }

    /// <summary>
    /// Those of a group get their names at the same time, so nobody waits for more: while some are flushed, others come
    /// together.
    /// </summary>
    private async Task GroupFoldersAsync()
    {
        while (await _folders.Reader.WaitToReadAsync())
        {
            var group = Take(_folders).GroupBy(w => (string)w.What, StringComparer.Ordinal);
            await Task.WhenAll(group.Select(g => FlushAsync([.. g])));
        }
    }

    private static List<Waiting> Take(Channel<Waiting> from)
    {
        var group = new List<Waiting>();
        while (from.Reader.TryRead(out var one)) group.Add(one);
        return group;
    }

    /// <summary>One flush for all that wait for the same thing.</summary>
    private async Task FlushAsync(Waiting[] same)
    {
        Exception? failed = null;
        try
        {
            await _disk.RunAsync(Flush, same[0].What);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failed = e;
        }

        foreach (var one in same) one.End(failed);
    }

    private static void Flush(object what)
    {
        if (what is SafeFileHandle file) RandomAccess.FlushToDisk(file);
        else FlushFolder((string)what);
    }

    private sealed class Waiting(object what)
    {
        public object What { get; } = what;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(Exception? failed)
        {
            if (failed is null) Done.TrySetResult();
            else Done.TrySetException(failed);
        }
    }
}
