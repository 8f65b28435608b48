using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Hawser.Session.Controller;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;

namespace Hawser.Controller.Commands;

/// <summary><c>clipboard get|set --files</c>: files on the clipboard (§12.3 of the session reference).</summary>
internal sealed class CopiedFiles(HostCall call, string target, TimeSpan patience)
{
    public async Task<int> RunAsync(bool get, string[] paths, CancellationToken cancellation)
    {
        if (get && paths.Length > 1) throw new Failure(Exit.Usage, "get --files takes one folder.");
        var missing = get ? null : paths.FirstOrDefault(p => !Path.Exists(p));
        if (missing is not null) throw new Failure(Exit.Usage, $"There is no {missing} here.");
        // Nothing else is wanted, and files only from here on: a host then says anew what was copied.
        var quiet = new OptionMessage { DisableAudio = Bool.Yes, DisableClipboard = Bool.Yes, CustomFps = 1 };
        await using var session = await call.OpenAsync(target, o => o with { Wishes = quiet }, cancellation);
        var denied = session.Denied;
        if (denied.Contains(PermissionInfo.Types.Permission.Clipboard)
            || denied.Contains(PermissionInfo.Types.Permission.File))
        {
            throw new Failure(
                Exit.NotLetIn, "The host shares no files by its clipboard (enable-clipboard, enable-file-transfer).");
        }

        session.SendOptions(new OptionMessage { DisableClipboard = Bool.No, EnableFileTransfer = Bool.Yes });
        return get ? await GetAsync(session, paths[0], cancellation) : await OfferAsync(session, paths, cancellation);
    }

    private async Task<int> GetAsync(ControllerSession session, string folder, CancellationToken cancellation)
    {
        try
        {
            await session.FilesCopied.WaitAsync(patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw new Failure(Exit.Failed, "No files were copied there, or not in time (--seconds).");
        }

        Directory.CreateDirectory(folder);
        var pasted = await session.PasteFilesAsync(folder, cancellation);
        if (call.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                files = pasted.Files, folders = pasted.Folders, left = pasted.Left,
            }));
        }
        else
        {
            Console.Out.WriteLine($"{pasted.Files} files and {pasted.Folders} folders, {pasted.Left.Count} left out");
            foreach (var name in pasted.Left) Console.Error.WriteLine(Plain.Text($"{name}: is here, or can't be read"));
        }

        return pasted.Left.Count > 0 ? Exit.Partly : Exit.Done;
    }

    // They are read when somebody pastes, so the session has to last until then, and as long as that takes.
    private async Task<int> OfferAsync(ControllerSession session, string[] paths, CancellationToken cancellation)
    {
        var offer = new Offer();
        session.OfferFiles([.. paths.Select(Path.GetFullPath)], offer.Events);
        Console.Error.WriteLine(
            $"Paste them there: offered until none was read for {patience.TotalSeconds:0} seconds (--seconds).");
        while (await offer.MovedAsync(session.Ended, patience, cancellation))
        {
            // Still wanted.
        }

        if (offer.IsRefused) throw new Failure(Exit.Failed, "That machine can't paste files: it says no to them.");
        if (session.Ended.IsCompleted) throw new Failure(Exit.Failed, session.EndReason ?? "The session has ended.");
        if (offer.Count == 0) throw new Failure(Exit.Failed, "That machine does not ask for them.");
        if (offer is { Read: 0, Bytes: > 0 }) throw new Failure(Exit.Failed, "Nobody there has pasted them.");
        Console.Out.WriteLine(call.Json
            ? JsonSerializer.Serialize(new { offered = offer.Count, bytes = offer.Bytes, read = offer.Read })
            : $"{offer.Count} files and folders were offered, {offer.Read} bytes were read");
        return Exit.Done;
    }

    private sealed class Offer
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FileOfferEvents Events => new()
        {
            Listed = files => Move(() =>
            {
                Count = files.Count;
                Bytes = files.Aggregate(0UL, (sum, file) => sum + file.Size);
            }),
            WasRead = bytes => Move(() => Read += bytes),
            Refused = () => Move(() => IsRefused = true),
        };

        public int Count { get; private set; }

        public ulong Bytes { get; private set; }

        public long Read { get; private set; }

        public bool IsRefused { get; private set; }

        /// <summary>Waits until something happens; false when nothing does in time, or nothing will any more.</summary>
        public async Task<bool> MovedAsync(Task ended, TimeSpan patience, CancellationToken cancellation)
        {
            Task moved;
            lock (_gate) moved = _moved.Task;
            try
            {
                await Task.WhenAny(moved, ended).WaitAsync(patience, TimeProvider.System, cancellation);
            }
            catch (TimeoutException)
            {
                return false;
            }

            lock (_gate)
            {
                if (_moved.Task.IsCompleted) _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return !IsRefused && !ended.IsCompleted;
            }
        }

        private void Move(Action what)
        {
            lock (_gate)
            {
                what();
                _moved.TrySetResult();
            }
        }
    }
}
