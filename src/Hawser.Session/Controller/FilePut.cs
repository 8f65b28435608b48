using Hawser.Protocol.Messages;
using Hawser.Session.Files;
using Hawser.Session.Files.Linux;

namespace Hawser.Session.Controller;

/// <summary>A transfer to the host (§14.3).</summary>
internal sealed class FilePut(RemoteFiles files, TransferOptions options)
{
    private readonly List<string> _errors = [];
    private int _moved;
    private int _skipped;

    public async Task<TransferResult> RunAsync(string local, string remote, CancellationToken cancellation)
    {
        var entries = FileListing.Recursive(Path.GetFullPath(local), options.Hidden, FileListing.MostFiles);
        using var job = files.Begin();
        job.Send(new FileAction
        {
            Receive = new FileTransferReceiveRequest
            {
                Id = job.Id,
                Path = remote,
                Files = { entries },
                TotalSize = (ulong)entries.Sum(e => (long)e.Size),
            },
        });
        try
        {
            for (var i = 0; i < entries.Count; i++)
            {
                var path = entries[i].Name.Length == 0 ? local : Path.Combine(local, entries[i].Name);
                await SendAsync(job, entries, i, path, cancellation);
            }

            await EndAsync(job, entries.Count, cancellation);
        }
        catch (OperationCanceledException)
        {
            job.Cancel();
            throw;
        }

        return new TransferResult(_moved, _skipped, _errors);
    }

    private async Task SendAsync(
        FileJob job, List<FileEntry> entries, int number, string path, CancellationToken cancellation)
    {
        var entry = entries[number];
        using var file = TryOpen(path, entry);
        if (file is null) return;
        job.Send(new FileResponse
        {
            Digest = new FileTransferDigest
            {
                Id = job.Id,
                FileNum = number,
                LastModified = entry.ModifiedTime,
                FileSize = entry.Size,
                IsResume = options.Resume,
            },
        });
        if (await OffsetAsync(job, number, entry, path, cancellation) is not { } offset)
        {
            _skipped++;
            return;
        }

        void Report(long done) =>
            options.Progress(new FileProgress(entry.Name, number, entries.Count, done, (long)entry.Size));
        Report(offset);
        var head = new FileTransferBlock { Id = job.Id, FileNum = number };
        await FileBlocks.SendAsync(
            files.Lanes, head, file, offset, FileBlocks.MayShrink(path), Report, cancellation);
        _moved++;
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpen(string path, FileEntry entry)
    {
        try
        {
            return UnixFiles.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _errors.Add($"{entry.Name}: {e.Message}");
            return null;
        }
    }

    // Where to go on; null to leave the file alone.
    private async Task<long?> OffsetAsync(
        FileJob job, int number, FileEntry entry, string path, CancellationToken cancellation)
    {
        while (true)
        {
            var message = await job.NextAsync(cancellation);
            if (message.FileAction?.SendConfirm is { } confirm && confirm.FileNum == number)
            {
                return confirm.UnionCase == FileTransferSendConfirmRequest.UnionOneofCase.OffsetBlk
                    ? confirm.OffsetBlk : null;
            }

            if (message.FileResponse?.Digest is not { } theirs || theirs.FileNum != number) continue;
            var partial = theirs.TransferredSize > 0 && theirs.TransferredSize <= entry.Size;
            var take = partial || (!theirs.IsIdentical && await options.Overwrite(
                new OverwriteQuestion(path, (long)theirs.FileSize, (long)entry.Size)));
            var answer = new FileTransferSendConfirmRequest { Id = job.Id, FileNum = number };
            if (take) answer.OffsetBlk = partial ? (uint)theirs.TransferredSize : 0;
            else answer.Skip = true;
            job.Send(new FileAction { SendConfirm = answer });
            return take ? answer.OffsetBlk : null;
        }
    }

    private async Task EndAsync(FileJob job, int count, CancellationToken cancellation)
    {
        // Behind the blocks, and in their lane.
        var done = new FileResponse { Done = new FileTransferDone { Id = job.Id, FileNum = Math.Max(0, count - 1) } };
        await files.Lanes.SendAsync(Channel.SendLane.Video, new Message { FileResponse = done }, cancellation);
        while ((await job.NextAsync(cancellation)).FileResponse?.Done is null)
        {
            // The host's echo says that everything is on its disk.
        }
    }
}
