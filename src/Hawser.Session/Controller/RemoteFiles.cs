using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Controller;

/// <summary>How far a transfer is.</summary>
/// <param name="File">The file's relative name; empty for a single file.</param>
/// <param name="Number">Its place in the transfer, from 0.</param>
/// <param name="Files">How many there are.</param>
/// <param name="Done">Bytes of this file that are over.</param>
/// <param name="Size">Its size.</param>
public readonly record struct FileProgress(string File, int Number, int Files, long Done, long Size);

/// <summary>A file is there already, and is another one.</summary>
/// <param name="Path">Where.</param>
/// <param name="OwnSize">The size of what is there.</param>
/// <param name="NewSize">The size of what comes.</param>
public readonly record struct OverwriteQuestion(string Path, long OwnSize, long NewSize);

/// <summary>How a transfer is to go.</summary>
public sealed record TransferOptions
{
    /// <summary>Hidden files too.</summary>
    public bool Hidden { get; init; }

    /// <summary>Go on with what was cut off before.</summary>
    public bool Resume { get; init; }

    /// <summary>Asked for every file that is there and is another one; without it such files are left alone.</summary>
    public Func<OverwriteQuestion, ValueTask<bool>> Overwrite { get; init; } = _ => ValueTask.FromResult(false);

    /// <summary>Told how far it is.</summary>
    public Action<FileProgress> Progress { get; init; } = _ => { };
}

/// <summary>What came of a transfer.</summary>
/// <param name="Moved">Files that went over.</param>
/// <param name="Skipped">Files that were there, or were to be left alone.</param>
/// <param name="Errors">What could not be moved, one text a file.</param>
public sealed record TransferResult(int Moved, int Skipped, IReadOnlyList<string> Errors);

/// <summary>The files of a host (§14): lists, both ways of transfer, small changes. One list at a time.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
public sealed class RemoteFiles
{
    private const int Waiting = 64;
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(15);

    private readonly ControllerSession _session;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, Channel<Message>> _jobs = new();
    private readonly SemaphoreSlim _listing = new(1, 1);
    private readonly TaskCompletionSource<FileDirectory> _start =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource<Message>? _list;
    private int _lastJob;

    internal RemoteFiles(ControllerSession session, TimeProvider time)
    {
        _session = session;
        _time = time;
    }

    /// <summary>The folder that the host shows by itself after the login.</summary>
    public Task<FileDirectory> Start => _start.Task;

    internal SendLanes Lanes => _session.Lanes;

    /// <summary>Lists a folder.</summary>
    /// <param name="path">The folder; empty for the user's home.</param>
    /// <param name="hidden">Hidden ones too.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="IOException">It can't be read: hosts do not answer then (Q14).</exception>
    public async Task<FileDirectory> ListAsync(string path, bool hidden, CancellationToken cancellation = default)
    {
        await Start.WaitAsync(cancellation);
        var question = new FileAction { ReadDir = new ReadDir { Path = path, IncludeHidden = hidden } };
        return (await AskAsync(question, $"'{path}' can't be read at the host", cancellation)).FileResponse.Dir;
    }

    /// <summary>All folders below a folder that hold nothing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="hidden">Hidden ones too.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Their paths at the host.</returns>
    public async Task<IReadOnlyList<string>> EmptyFoldersAsync(
        string path, bool hidden, CancellationToken cancellation = default)
    {
        var question = new FileAction { ReadEmptyDirs = new ReadEmptyDirs { Path = path, IncludeHidden = hidden } };
        var answer = await AskAsync(question, $"'{path}' can't be read at the host", cancellation);
        return [.. answer.FileResponse.EmptyDirs.EmptyDirs.Select(d => d.Path)];
    }

    /// <summary>All files below a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="hidden">Hidden ones too.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Files with relative names.</returns>
    public async Task<FileDirectory> ListAllAsync(string path, bool hidden, CancellationToken cancellation = default)
    {
        using var job = Begin();
        var question = new ReadAllFiles { Id = job.Id, Path = path, IncludeHidden = hidden };
        job.Send(new FileAction { AllFiles = question });
        return (await job.NextAsync(cancellation)).FileResponse?.Dir
            ?? throw new IOException("the host did not list the folder");
    }

    /// <summary>Makes a folder, and those above it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When made.</returns>
    public Task CreateAsync(string path, CancellationToken cancellation = default) =>
        DoAsync(id => new FileAction { Create = new FileDirCreate { Id = id, Path = path } }, cancellation);

    /// <summary>Removes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When removed.</returns>
    public Task RemoveFileAsync(string path, CancellationToken cancellation = default) =>
        DoAsync(id => new FileAction { RemoveFile = new FileRemoveFile { Id = id, Path = path } }, cancellation);

    /// <summary>Removes a folder whose files are gone.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When removed.</returns>
    public Task RemoveFolderAsync(string path, CancellationToken cancellation = default) => DoAsync(
        id => new FileAction { RemoveDir = new FileRemoveDir { Id = id, Path = path, Recursive = true } },
        cancellation);

    /// <summary>Gives a file or folder another name, in its place.</summary>
    /// <param name="path">Which.</param>
    /// <param name="name">The new name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When done.</returns>
    public Task RenameAsync(string path, string name, CancellationToken cancellation = default) => DoAsync(
        id => new FileAction { Rename = new FileRename { Id = id, Path = path, NewName = name } }, cancellation);

    /// <summary>Gets a file, or all files of a folder.</summary>
    /// <param name="remote">At the host.</param>
    /// <param name="local">Here: the file's own path, or the folder that the files go into.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up; what is there can be resumed.</param>
    /// <returns>What came of it.</returns>
    public Task<TransferResult> GetAsync(
        string remote, string local, TransferOptions? options = null, CancellationToken cancellation = default) =>
        new FileGet(this, options ?? new TransferOptions()).RunAsync(remote, local, cancellation);

    /// <summary>Puts a file, or all files of a folder.</summary>
    /// <param name="local">Here.</param>
    /// <param name="remote">At the host: the file's own path, or the folder that the files go into.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up; what is there can be resumed.</param>
    /// <returns>What came of it.</returns>
    public Task<TransferResult> PutAsync(
        string local, string remote, TransferOptions? options = null, CancellationToken cancellation = default) =>
        new FilePut(this, options ?? new TransferOptions()).RunAsync(local, remote, cancellation);

    internal FileJob Begin()
    {
        var id = Interlocked.Increment(ref _lastJob);
        var inbox = System.Threading.Channels.Channel.CreateBounded<Message>(Waiting);
        _jobs[id] = inbox;
        if (_session.Ended.IsCompleted) inbox.Writer.TryComplete();
        return new FileJob(id, inbox, _session, () =>
        {
            _jobs.TryRemove(id, out _);
            inbox.Writer.TryComplete();
        });
    }

    internal async ValueTask OnMessageAsync(Message message)
    {
        var id = JobOf(message);
        var list = Volatile.Read(ref _list);
        if (message.FileResponse?.UnionCase == FileResponse.UnionOneofCase.EmptyDirs)
        {
            list?.TrySetResult(message);
        }
        else if (message.FileResponse?.Dir is { Id: 0 } folder)
        {
            // The first one comes unasked.
            if (!_start.TrySetResult(folder)) list?.TrySetResult(message);
        }
        else if (_jobs.TryGetValue(id, out var inbox))
        {
            try
            {
                await inbox.Writer.WriteAsync(message, _session.Stopping);
            }
            catch (ChannelClosedException)
            {
                // Nobody waits for it any more.
            }
        }
    }

    internal void End()
    {
        _start.TrySetException(Over());
        _ = _start.Task.Exception;
        Volatile.Read(ref _list)?.TrySetException(Over());
        foreach (var inbox in _jobs.Values) inbox.Writer.TryComplete();
    }

    private static int JobOf(Message message) => message.UnionCase == Message.UnionOneofCase.FileAction
        ? message.FileAction.SendConfirm?.Id ?? 0
        : message.FileResponse.UnionCase switch
        {
            FileResponse.UnionOneofCase.Dir => message.FileResponse.Dir.Id,
            FileResponse.UnionOneofCase.Block => message.FileResponse.Block.Id,
            FileResponse.UnionOneofCase.Error => message.FileResponse.Error.Id,
            FileResponse.UnionOneofCase.Done => message.FileResponse.Done.Id,
            FileResponse.UnionOneofCase.Digest => message.FileResponse.Digest.Id,
            _ => 0,
        };

    private IOException Over() => new(_session.EndReason ?? "the session has ended");

    private async Task<Message> AskAsync(FileAction question, string silence, CancellationToken cancellation)
    {
        await _listing.WaitAsync(cancellation);
        using var limit = new Deadline(ListLimit, _time, cancellation);
        try
        {
            var answer = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _list, answer);
            _session.Lanes.Post(new Message { FileAction = question });
            if (_session.Ended.IsCompleted) answer.TrySetException(Over());
            return await answer.Task.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException(silence, e);
        }
        finally
        {
            Volatile.Write(ref _list, null);
            _listing.Release();
        }
    }

    private async Task DoAsync(Func<int, FileAction> action, CancellationToken cancellation)
    {
        using var job = Begin();
        job.Send(action(job.Id));
        await job.NextAsync(cancellation);
    }
}
