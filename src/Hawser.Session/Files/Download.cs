using System.Threading.Channels;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Files.Linux;

namespace Hawser.Session.Files;

/// <summary>One transfer from the host to the controller (§14.2).</summary>
internal sealed class Download : IDisposable
{
    private readonly FileTransferSendRequest _request;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<FileTransferSendConfirmRequest> _confirms =
        System.Threading.Channels.Channel.CreateBounded<FileTransferSendConfirmRequest>(16);

    public Download(FileTransferSendRequest request, CancellationToken cancellation)
    {
        _request = request;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    public int Id => _request.Id;

    public void Confirm(FileTransferSendConfirmRequest confirm) => _confirms.Writer.TryWrite(confirm);

    public void Cancel() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    public async Task RunAsync(SendLanes lanes, HostFilesOptions options)
    {
        var files = FileListing.Recursive(_request.Path, _request.IncludeHidden, options.Settings().MaxFiles);
        var list = new FileDirectory { Id = Id, Path = _request.Path, Entries = { files } };
        await SendAsync(lanes, new FileResponse { Dir = list });
        options.Transferred(new FileTransferFacts(false, _request.Path, files));
        var sent = 0;
        for (var i = Math.Max(0, _request.FileNum); i < files.Count; i++)
        {
            if (await SendFileAsync(lanes, files, i, options)) sent++;
        }

        // A job whose only file was skipped ends with this instead (§14.2).
        var skipped = files.Count == 1 && sent == 0;
        await SendAsync(lanes, skipped
            ? new FileResponse { Error = new FileTransferError { Id = Id, Error = "skipped" } }
            : new FileResponse { Done = new FileTransferDone { Id = Id, FileNum = files.Count } });
    }

    private async Task<bool> SendFileAsync(SendLanes lanes, List<FileEntry> files, int number, HostFilesOptions options)
    {
        var entry = files[number];
        try
        {
            var path = entry.Name.Length == 0 ? _request.Path : FilePaths.Resolve(_request.Path, entry.Name, false);
            using var file = UnixFiles.OpenRead(path);
            long offset = 0;
            if (options.PeerVersion >= PeerVersion.FileDigests)
            {
                await SendAsync(lanes, new FileResponse { Digest = DigestOf(number, file, entry) });
                var confirm = await ConfirmedAsync(number);
                if (confirm.UnionCase != FileTransferSendConfirmRequest.UnionOneofCase.OffsetBlk) return false;
                offset = confirm.OffsetBlk;
            }

            var head = new FileTransferBlock { Id = Id, FileNum = number };
            await FileBlocks.SendAsync(lanes, head, file, offset, FileBlocks.MayShrink(path), null, _stop.Token);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileRefusal
            || (e is IOException && !lanes.Ended.IsCompleted))
        {
            await SendAsync(lanes, new FileResponse
            {
                Error = new FileTransferError { Id = Id, Error = e.Message, FileNum = number },
            });
            return false;
        }
    }

    private FileTransferDigest DigestOf(int number, Microsoft.Win32.SafeHandles.SafeFileHandle file, FileEntry entry) =>
        new()
        {
            Id = Id,
            FileNum = number,
            LastModified = entry.ModifiedTime,
            FileSize = (ulong)RandomAccess.GetLength(file),
        };

    private async Task<FileTransferSendConfirmRequest> ConfirmedAsync(int number)
    {
        while (true)
        {
            var confirm = await _confirms.Reader.ReadAsync(_stop.Token);
            if (confirm.FileNum == number) return confirm;
        }
    }

    private Task<bool> SendAsync(SendLanes lanes, FileResponse response) =>
        lanes.SendAsync(SendLane.Video, new Message { FileResponse = response }, _stop.Token);
}
