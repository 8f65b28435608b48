using Hawser.Protocol.Messages;
using Hawser.Session.Files;

namespace Hawser.Session.Controller;

/// <summary>A transfer from the host (§14.2).</summary>
internal sealed class FileGet(RemoteFiles files, TransferOptions options)
{
    private readonly List<string> _errors = [];
    private int _moved;
    private int _skipped;
    private (ulong Size, ulong Modified) _announced;
    private int _decided = -1;
    private bool _takes;

    public async Task<TransferResult> RunAsync(string remote, string local, CancellationToken cancellation)
    {
        using var job = files.Begin();
        job.Send(new FileAction
        {
            Send = new FileTransferSendRequest { Id = job.Id, Path = remote, IncludeHidden = options.Hidden },
        });
        var list = (await job.NextAsync(cancellation)).FileResponse?.Dir
            ?? throw new IOException("the host did not say which files it sends");
        using var receiver = new FileReceiver(local, [.. list.Entries]);
        try
        {
            while (await OnMessageAsync(job, receiver, await job.NextOrErrorAsync(cancellation), cancellation))
            {
                // Until the host is done.
            }
        }
        catch (Exception e) when (e is FileRefusal or OperationCanceledException or UnauthorizedAccessException)
        {
            job.Cancel();
            throw;
        }

        return new TransferResult(_moved, _skipped, _errors);
    }

    private async ValueTask<bool> OnMessageAsync(
        FileJob job, FileReceiver receiver, Message message, CancellationToken cancellation)
    {
        switch (message.FileResponse?.UnionCase)
        {
            case FileResponse.UnionOneofCase.Digest:
                await DecideAsync(job, receiver, message.FileResponse.Digest);
                return true;
            case FileResponse.UnionOneofCase.Block:
                var block = message.FileResponse.Block;
                if (!await TakesAsync(receiver, block.FileNum)) return true;
                await receiver.WriteAsync(block, cancellation);
                if (block.Data.IsEmpty) _moved++;
                Report(receiver, block.FileNum, receiver.Position);
                return true;
            case FileResponse.UnionOneofCase.Done:
                receiver.Finish();
                return false;
            case FileResponse.UnionOneofCase.Error:
                return OnError(receiver, message.FileResponse.Error);
            default:
                return true;
        }
    }

    private bool OnError(FileReceiver receiver, FileTransferError error)
    {
        if (error.Error == "skipped") return false;
        if (error.FileNum < 0) throw new IOException(error.Error);
        var name = error.FileNum < receiver.Count ? receiver[error.FileNum].Name : "";
        _errors.Add(name.Length > 0 ? $"{name}: {error.Error}" : error.Error);
        // After the error of one file the next one comes, and "done" at the end.
        return true;
    }

    // Hosts from before the digests send at once (§14.2); others are asked for what was agreed, and for nothing else:
    // a host must not replace what its user wanted to keep.
    private async ValueTask<bool> TakesAsync(FileReceiver receiver, int number)
    {
        if (number == _decided) return _takes;
        if (number < 0 || number >= receiver.Count) throw new FileRefusal("no such file in this transfer");
        var entry = receiver[number];
        var plan = receiver.Plan(number, entry.Size, entry.ModifiedTime, resume: false);
        await DecideAsync(receiver, number, plan, entry.Size);
        if (!_takes) _skipped++;
        return _takes;
    }

    private async ValueTask DecideAsync(FileReceiver receiver, int number, FilePlan plan, ulong size)
    {
        _takes = plan.State switch
        {
            OnDisk.Identical => false,
            OnDisk.Other => await options.Overwrite(
                new OverwriteQuestion(receiver.PathOf(number), plan.Size, (long)Math.Min(size, long.MaxValue))),
            _ => true,
        };
        _decided = number;
    }

    private async ValueTask DecideAsync(FileJob job, FileReceiver receiver, FileTransferDigest digest)
    {
        var number = digest.FileNum;
        _announced = (digest.FileSize, digest.LastModified);
        var plan = receiver.Plan(number, digest.FileSize, digest.LastModified, options.Resume);
        await DecideAsync(receiver, number, plan, digest.FileSize);
        var confirm = new FileTransferSendConfirmRequest { Id = job.Id, FileNum = number };
        if (_takes)
        {
            var offset = plan.State == OnDisk.Partial ? plan.Size : 0;
            receiver.Begin(number, offset, _announced.Size, _announced.Modified);
            confirm.OffsetBlk = (uint)offset;
            Report(receiver, number, offset);
        }
        else
        {
            confirm.Skip = true;
            _skipped++;
        }

        job.Send(new FileAction { SendConfirm = confirm });
    }

    private void Report(FileReceiver receiver, int number, long done)
    {
        if (number < 0 || number >= receiver.Count) return;
        var entry = receiver[number];
        options.Progress(new FileProgress(entry.Name, number, receiver.Count, done, (long)entry.Size));
    }
}
