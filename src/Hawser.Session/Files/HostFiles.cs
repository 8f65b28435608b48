using System.Threading.Channels;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Files;

/// <summary>A transfer for the records of the server: what went where.</summary>
/// <param name="ToHost">Whether it came to this host.</param>
/// <param name="Path">The path at this host.</param>
/// <param name="Files">Names and sizes.</param>
public sealed record FileTransferFacts(bool ToHost, string Path, IReadOnlyList<FileEntry> Files);

/// <summary>What the host's side of files needs to know.</summary>
internal sealed record HostFilesOptions
{
    /// <summary>What an empty path means.</summary>
    public required string Home { get; init; }

    public required Func<Host.HostSettings> Settings { get; init; }

    /// <summary>The controller's version, as a number.</summary>
    public long PeerVersion { get; init; }

    /// <summary>Told of every transfer.</summary>
    public Action<FileTransferFacts> Transferred { get; init; } = _ => { };
}

/// <summary>
/// Serves a file session (§14). Requests come in on the session's reading loop; what takes long runs on two workers,
/// one for lists and small changes, one for downloads, so that a long download does not hold up a listing.
/// </summary>
internal sealed class HostFiles : IAsyncDisposable
{
    private const int MostWaiting = 256;
    private const int MostUploads = 16;

    private readonly SendLanes _lanes;
    private readonly HostFilesOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Func<Task>> _quick = Queue();
    private readonly Channel<Download> _downloads =
        System.Threading.Channels.Channel.CreateBounded<Download>(MostWaiting);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Download> _active = [];
    private readonly Dictionary<int, FileReceiver> _uploads = [];
    private readonly Task _working;

    public HostFiles(SendLanes lanes, HostFilesOptions options)
    {
        _lanes = lanes;
        _options = options;
        _working = Task.WhenAll(Task.Run(QuickAsync), Task.Run(DownloadsAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _quick.Writer.TryComplete();
        _downloads.Writer.TryComplete();
        await _working;
        foreach (var upload in _uploads.Values) upload.Dispose();
        _stop.Dispose();
    }

    /// <summary>Sends the folder that the session starts with.</summary>
    public void ShowStart(string folder, bool hidden)
    {
        var start = folder.Length > 0 && Directory.Exists(folder) ? folder : _options.Home;
        Later(() => ShowAsync(start, hidden));
    }

    public async ValueTask OnActionAsync(FileAction action)
    {
        var refusal = RefusedByPolicy(action);
        if (refusal is { } id)
        {
            Answer(Error(id, "one-way-file-transfer-tip", 0));
            return;
        }

        switch (action.UnionCase)
        {
            case FileAction.UnionOneofCase.ReadDir:
                var asked = action.ReadDir;
                Later(() => ShowAsync(asked.Path.Length > 0 ? asked.Path : _options.Home, asked.IncludeHidden));
                break;
            case FileAction.UnionOneofCase.Send:
                StartDownload(action.Send);
                break;
            case FileAction.UnionOneofCase.Receive:
                StartUpload(action.Receive);
                break;
            case FileAction.UnionOneofCase.SendConfirm:
                await OnConfirmAsync(action.SendConfirm);
                break;
            case FileAction.UnionOneofCase.Cancel:
                Cancel(action.Cancel.Id);
                break;
            default:
                Later(() => FileChanges.FollowAsync(action, _options.Settings().MaxFiles, AnswerAsync));
                break;
        }
    }

    public async ValueTask OnResponseAsync(FileResponse response)
    {
        switch (response.UnionCase)
        {
            case FileResponse.UnionOneofCase.Digest:
                await UploadAsync(response.Digest.Id, response.Digest.FileNum, r => Compare(r, response.Digest));
                break;
            case FileResponse.UnionOneofCase.Block:
                await UploadAsync(response.Block.Id, response.Block.FileNum,
                    r => r.WriteAsync(response.Block, _stop.Token));
                break;
            case FileResponse.UnionOneofCase.Done:
                await UploadAsync(response.Done.Id, response.Done.FileNum, r =>
                {
                    r.Finish();
                    Answer(new FileResponse { Done = response.Done });
                    Forget(response.Done.Id)?.Dispose();
                    return ValueTask.CompletedTask;
                });
                break;
            case FileResponse.UnionOneofCase.Error:
                Forget(response.Error.Id)?.Dispose();
                Answer(response.Clone());
                break;
            default:
                break;
        }
    }

    private static Channel<Func<Task>> Queue() =>
        System.Threading.Channels.Channel.CreateBounded<Func<Task>>(MostWaiting);

    private static FileResponse Error(int id, string text, int file) =>
        new() { Error = new FileTransferError { Id = id, Error = text, FileNum = file } };

    private int? RefusedByPolicy(FileAction action)
    {
        if (!_options.Settings().OneWayFiles) return null;
        return action.UnionCase switch
        {
            FileAction.UnionOneofCase.Send => action.Send.Id,
            FileAction.UnionOneofCase.RemoveFile => action.RemoveFile.Id,
            FileAction.UnionOneofCase.RemoveDir => action.RemoveDir.Id,
            FileAction.UnionOneofCase.Create => action.Create.Id,
            FileAction.UnionOneofCase.Rename => action.Rename.Id,
            _ => null,
        };
    }

    private void Later(Func<Task> work)
    {
        // Beyond that the other end floods; its request is dropped as if the folder could not be read.
        _quick.Writer.TryWrite(work);
    }

    private void Answer(FileResponse response) => _lanes.Post(new Message { FileResponse = response });

    private Task AnswerAsync(FileResponse response) =>
        _lanes.SendAsync(SendLane.Video, new Message { FileResponse = response }, _stop.Token);

    private async Task ShowAsync(string path, bool hidden)
    {
        // A folder that can't be read has no answer (Q14).
        if (FileListing.Read(path, hidden) is { } found) await AnswerAsync(new FileResponse { Dir = found });
    }

    private async Task QuickAsync()
    {
        try
        {
            await foreach (var work in _quick.Reader.ReadAllAsync(_stop.Token)) await work();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The session has ended.
        }
    }

    private void StartDownload(FileTransferSendRequest request)
    {
        var download = new Download(request, _stop.Token);
        lock (_gate)
        {
            if (!_active.TryAdd(request.Id, download)) return;
        }

        if (_downloads.Writer.TryWrite(download)) return;
        lock (_gate) _active.Remove(request.Id);
        Answer(Error(request.Id, "too many transfers at a time", -1));
    }

    private async Task DownloadsAsync()
    {
        try
        {
            await foreach (var download in _downloads.Reader.ReadAllAsync(_stop.Token))
            {
                try
                {
                    await download.RunAsync(_lanes, _options);
                }
                catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
                {
                    // Cancelled by the controller: no answer.
                }
                catch (Exception e) when (e is FileRefusal or UnauthorizedAccessException or ArgumentException)
                {
                    await AnswerAsync(Error(download.Id, e.Message, -1));
                }
                finally
                {
                    lock (_gate) _active.Remove(download.Id);
                    download.Dispose();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The session has ended.
        }
    }

    private void StartUpload(FileTransferReceiveRequest request)
    {
        try
        {
            var most = _options.Settings().MaxFiles;
            if (request.Files.Count > most)
            {
                throw new FileRefusal($"file transfer rejected: too many files (more than {most})");
            }

            var receiver = new FileReceiver(request.Path, [.. request.Files]);
            lock (_gate)
            {
                if (_uploads.Count >= MostUploads) throw new FileRefusal("too many transfers at a time");
                if (_uploads.Remove(request.Id, out var before)) before.Dispose();
                _uploads[request.Id] = receiver;
            }

            _options.Transferred(new FileTransferFacts(true, request.Path, request.Files));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Answer(Error(request.Id, e.Message, -1));
        }
    }

    private ValueTask Compare(FileReceiver receiver, FileTransferDigest digest)
    {
        var resume = digest.IsResume && _options.PeerVersion >= PeerVersion.FileResume;
        var plan = receiver.Plan(digest.FileNum, digest.FileSize, digest.LastModified, resume);
        if (plan.State == OnDisk.Nothing)
        {
            var confirm = new FileTransferSendConfirmRequest
            {
                Id = digest.Id,
                FileNum = digest.FileNum,
                OffsetBlk = 0,
            };
            receiver.Begin(digest.FileNum, 0, digest.FileSize, digest.LastModified);
            _lanes.Post(new Message { FileAction = new FileAction { SendConfirm = confirm } });
            return ValueTask.CompletedTask;
        }

        Answer(new FileResponse
        {
            Digest = new FileTransferDigest
            {
                Id = digest.Id,
                FileNum = digest.FileNum,
                LastModified = plan.Modified,
                FileSize = plan.State == OnDisk.Partial ? digest.FileSize : (ulong)plan.Size,
                IsUpload = true,
                IsIdentical = plan.State is OnDisk.Identical or OnDisk.Partial,
                TransferredSize = plan.State == OnDisk.Partial ? (ulong)plan.Size : 0,
            },
        });
        return ValueTask.CompletedTask;
    }

    private async ValueTask OnConfirmAsync(FileTransferSendConfirmRequest confirm)
    {
        Download? download;
        lock (_gate) _active.TryGetValue(confirm.Id, out download);
        if (download is not null)
        {
            download.Confirm(confirm);
            return;
        }

        // Of an upload: the controller has decided where to go on.
        if (confirm.UnionCase != FileTransferSendConfirmRequest.UnionOneofCase.OffsetBlk) return;
        await UploadAsync(confirm.Id, confirm.FileNum, r =>
        {
            var entry = r[confirm.FileNum >= 0 && confirm.FileNum < r.Count
                ? confirm.FileNum : throw new FileRefusal("no such file in this transfer")];
            r.Begin(confirm.FileNum, confirm.OffsetBlk, entry.Size, entry.ModifiedTime);
            return ValueTask.CompletedTask;
        });
    }

    private async ValueTask UploadAsync(int id, int file, Func<FileReceiver, ValueTask> work)
    {
        FileReceiver? receiver;
        lock (_gate) _uploads.TryGetValue(id, out receiver);
        if (receiver is null) return;
        try
        {
            await work(receiver);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Forget(id)?.Dispose();
            Answer(Error(id, e.Message, file));
        }
    }

    private FileReceiver? Forget(int id)
    {
        lock (_gate) return _uploads.Remove(id, out var receiver) ? receiver : null;
    }

    private void Cancel(int id)
    {
        lock (_gate)
        {
            if (_active.TryGetValue(id, out var download)) download.Cancel();
        }

        try
        {
            Forget(id)?.Abandon();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // What could not be removed stays; the controller gets no answer either way.
        }
    }
}
