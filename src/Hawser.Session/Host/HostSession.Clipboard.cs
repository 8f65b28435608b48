using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Clipboard;
using Hawser.Session.Files;

namespace Hawser.Session.Host;

/// <summary>The clipboard of a session (§12).</summary>
public sealed partial class HostSession
{
    private FileClipboard? _copied;
    private FilePaste? _paste;

    internal bool TakesClipboard => IsAuthorised && Facts.Kind == SessionKind.Remote
        && Permissions is { Clipboard: true, Keyboard: true }
        && ViewerOptions.DisableClipboard != OptionMessage.Types.BoolOption.Yes
        && ViewerOptions.DisableKeyboard != OptionMessage.Types.BoolOption.Yes;

    // §12.3: copied files are given to who asked for them, may have files, and is not kept from taking them away.
    private bool TakesCopiedFiles => TakesClipboard && Permissions.File && !Options.Settings().OneWayFiles
        && ViewerOptions.EnableFileTransfer == OptionMessage.Types.BoolOption.Yes;

    // The other way round: one-way-file-transfer keeps files from leaving, not from coming.
    private bool GivesCopiedFiles => IsAuthorised && Facts.Kind == SessionKind.Remote
        && Permissions is { Clipboard: true, File: true }
        && ViewerOptions.DisableClipboard != OptionMessage.Types.BoolOption.Yes
        && ViewerOptions.EnableFileTransfer == OptionMessage.Types.BoolOption.Yes;

    /// <summary>Sends the host's clipboard, if the controller may and wants to have it (§12.2).</summary>
    /// <param name="content">What was copied.</param>
    public void SendClipboard(ClipboardContent content) => Leave(() =>
    {
        if (TakesClipboard && ClipboardWire.Pack(content, _peerVersion) is { } message)
        {
            _lanes.TryPost(SendLane.Input, message);
        }

        if (TakesCopiedFiles)
        {
            _copied ??= new FileClipboard(
                _lanes, new FileOfferEvents { Listed = files => Pasted(files, toHost: false) });
            _copied.Copy(content.Files);
        }

        return ValueTask.CompletedTask;
    });

    private void OnClipboard(Message message)
    {
        if (Facts.Kind != SessionKind.Remote || !Permissions.Clipboard) return;
        if (ClipboardWire.Read(message) is not { } content) return;
        Options.Desk?.Clipboard?.Set(content);
        Options.Events.ClipboardArrived(Facts, content);
    }

    private void OnCopiedFiles(Cliprdr said)
    {
        if (TakesCopiedFiles) _copied?.OnMessage(said);
        if (!GivesCopiedFiles) return;
        _paste ??= new FilePaste(_lanes, Options.Desk?.Clipboard, Time, files => Leave(() =>
        {
            Pasted(files, toHost: true);
            return ValueTask.CompletedTask;
        }));
        _paste.OnMessage(said);
    }

    private void Pasted(IReadOnlyList<FileEntry> files, bool toHost) =>
        Options.Events.Transferred(Facts, new FileTransferFacts(toHost, "clipboard", files));
}
