using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Host;

/// <summary>Switching sides (§18.7): who was controlled from here controls this machine.</summary>
public sealed partial class HostSession
{
    // Step 4: without a password and without a code, because this machine's own user has asked for it.
    private async ValueTask OnSwitchAsync(SwitchSidesResponse answer)
    {
        if (IsAuthorised || _request is not null || answer.Lr is not { } request) return;
        if (request.MyId.Length > LongestName || request.MyName.Length > LongestName) return;
        if (request.UnionCase != LoginRequest.UnionOneofCase.None)
        {
            await CloseWithAsync("Connection not allowed", shown: false);
            return;
        }

        // No answer to one that is wrong or too old: there is nothing to be found out by trying.
        if (!_host.Switches.Take(request.MyId, answer.Uuid.Span)) return;
        _request = request;
        _peerVersion = PeerVersion.ToNumber(request.Version);
        Facts = Facts with
        {
            PeerId = request.MyId,
            PeerName = request.MyName,
            SessionId = request.SessionId,
            Kind = SessionKind.Remote,
        };
        if (await RefusedAsync(request)) return;
        await LetInAsync(PrimaryAuth.SwitchedSides, twoFactor: false);
    }

    // Step 2 would need somebody here who looks at the other screen.
    private void RefuseToSwitch() => _lanes.Post(new Message
    {
        MessageBox = new MessageBox
        {
            Msgtype = "custom-nook-nocancel-hasclose",
            Title = "Switch sides",
            Text = "Nobody is at this machine to control yours",
        },
    });
}
