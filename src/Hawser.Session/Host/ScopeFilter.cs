using Hawser.Protocol.Messages;

namespace Hawser.Session.Host;

/// <summary>What a session was opened for.</summary>
public enum SessionKind
{
    /// <summary>Remote control.</summary>
    Remote = 0,

    /// <summary>Files.</summary>
    Files = 1,

    /// <summary>A tunnel.</summary>
    Tunnel = 2,

    /// <summary>A camera.</summary>
    Camera = 3,

    /// <summary>A terminal.</summary>
    Terminal = 4,
}

/// <summary>Which messages a session of a kind may send after its login (§19.3).</summary>
internal static class ScopeFilter
{
    public static bool Allows(SessionKind kind, Message message)
    {
        if (message.UnionCase is Message.UnionOneofCase.None or Message.UnionOneofCase.TestDelay
            or Message.UnionOneofCase.LoginRequest || IsTolerated(kind, message)) return true;
        return kind switch
        {
            SessionKind.Remote => true,
            SessionKind.Files => message.UnionCase is Message.UnionOneofCase.FileAction
                or Message.UnionOneofCase.FileResponse || IsMisc(message, Misc.UnionOneofCase.SelectedSid),
            SessionKind.Terminal => message.UnionCase == Message.UnionOneofCase.TerminalAction
                || IsMisc(message, Misc.UnionOneofCase.ChatMessage) || IsOnlyPersistence(message),
            SessionKind.Camera => OfCamera(message),
            _ => false,
        };
    }

    private static bool IsTolerated(SessionKind kind, Message message)
    {
        if (kind == SessionKind.Remote) return true;
        if (IsMisc(message, Misc.UnionOneofCase.RefreshVideo)
            || IsMisc(message, Misc.UnionOneofCase.RefreshVideoDisplay)
            || IsMisc(message, Misc.UnionOneofCase.CloseReason)) return true;
        var clipboard = message.UnionCase is Message.UnionOneofCase.Clipboard
            or Message.UnionOneofCase.MultiClipboards or Message.UnionOneofCase.Cliprdr;
        if (clipboard) return kind != SessionKind.Tunnel;
        return IsMisc(message, Misc.UnionOneofCase.Option)
            && message.Misc.Option.Equals(new OptionMessage
            {
                SupportedDecoding = message.Misc.Option.SupportedDecoding,
            });
    }

    private static bool IsOnlyPersistence(Message message) => IsMisc(message, Misc.UnionOneofCase.Option)
        && message.Misc.Option.Equals(new OptionMessage
        {
            TerminalPersistent = message.Misc.Option.TerminalPersistent,
        });

    private static bool OfCamera(Message message) => message.UnionCase switch
    {
        Message.UnionOneofCase.ScreenshotRequest or Message.UnionOneofCase.MouseEvent
            or Message.UnionOneofCase.PointerDeviceEvent or Message.UnionOneofCase.KeyEvent
            or Message.UnionOneofCase.AudioFrame or Message.UnionOneofCase.VoiceCallRequest
            or Message.UnionOneofCase.VoiceCallResponse => true,
        Message.UnionOneofCase.Misc => message.Misc.UnionCase is Misc.UnionOneofCase.SwitchDisplay
            or Misc.UnionOneofCase.CaptureDisplays or Misc.UnionOneofCase.VideoReceived
            or Misc.UnionOneofCase.ChatMessage or Misc.UnionOneofCase.AudioFormat
            or Misc.UnionOneofCase.ClientRecordStatus or Misc.UnionOneofCase.MessageQuery
            or Misc.UnionOneofCase.SelectedSid or Misc.UnionOneofCase.TogglePrivacyMode
            or Misc.UnionOneofCase.ToggleVirtualDisplay or Misc.UnionOneofCase.ChangeResolution
            or Misc.UnionOneofCase.ChangeDisplayResolution or Misc.UnionOneofCase.Option,
        _ => false,
    };

    private static bool IsMisc(Message message, Misc.UnionOneofCase which) => message.Misc?.UnionCase == which;
}
