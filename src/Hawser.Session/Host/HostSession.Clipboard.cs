using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Clipboard;

namespace Hawser.Session.Host;

/// <summary>The clipboard of a session (§12).</summary>
public sealed partial class HostSession
{
    internal bool TakesClipboard => IsAuthorised && Facts.Kind == SessionKind.Remote
        && Permissions is { Clipboard: true, Keyboard: true }
        && ViewerOptions.DisableClipboard != OptionMessage.Types.BoolOption.Yes
        && ViewerOptions.DisableKeyboard != OptionMessage.Types.BoolOption.Yes;

    /// <summary>Sends the host's clipboard, if the controller may and wants to have it (§12.2).</summary>
    /// <param name="content">What was copied.</param>
    public void SendClipboard(ClipboardContent content) => Leave(() =>
    {
        if (TakesClipboard && ClipboardWire.Pack(content, _peerVersion) is { } message)
        {
            _lanes.TryPost(SendLane.Input, message);
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
}
