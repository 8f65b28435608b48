using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;
using Block = Hawser.Protocol.Messages.BackNotification.Types.BlockInputState;
using Privacy = Hawser.Protocol.Messages.BackNotification.Types.PrivacyModeState;

namespace Hawser.Session.Host;

/// <summary>
/// What a controller may ask of the host itself (§18). X11 can neither hide what its monitors show nor keep the local
/// user's mouse and keys away from a program that shares the screen with others: both are said to be so, and never
/// pretended.
/// </summary>
public sealed partial class HostSession
{
    // False when the message is about something else.
    private bool OnControl(Misc misc)
    {
        switch (misc.UnionCase)
        {
            case Misc.UnionOneofCase.TogglePrivacyMode:
                OnPrivacy(misc.TogglePrivacyMode.On, misc.TogglePrivacyMode.ImplKey);
                return true;
            case Misc.UnionOneofCase.SwitchSidesRequest:
                Stir();
                RefuseToSwitch();
                return true;
            case Misc.UnionOneofCase.ElevationRequest:
                Stir();
                // Who shares this screen is who the agent runs as, and nobody else can be asked for.
                _lanes.Post(new Message { Misc = new Misc { ElevationResponse = "No need to elevate" } });
                return true;
            default:
                return false;
        }
    }

    private void OnControlWishes(OptionMessage option)
    {
        if (Facts.Kind != SessionKind.Remote) return;
        if (option.BlockInput == Bool.Yes)
        {
            var may = Permissions is { Keyboard: true, BlockInput: true };
            Notify(new BackNotification
            {
                BlockInputState = Block.BlkOnFailed,
                Details = may ? "Not supported by X11" : "No permission",
            });
        }

        // Nothing was blocked: taking it back succeeds, and success is silent.
        if (option.PrivacyMode != Bool.NotSet && _peerVersion < PeerVersion.ManyDisplays)
        {
            OnPrivacy(option.PrivacyMode == Bool.Yes, "");
        }
    }

    private void OnPrivacy(bool on, string key) => Notify(new BackNotification
    {
        PrivacyModeState = !on ? Privacy.PrvOffFailed
            : Permissions.PrivacyMode && Facts.Kind == SessionKind.Remote ? Privacy.PrvNotSupported
            : Privacy.PrvOnFailedDenied,
        Details = on ? "" : "Not supported",
        ImplKey = key,
    });

    private void Notify(BackNotification notification) =>
        _lanes.Post(new Message { Misc = new Misc { BackNotification = notification } });
}
