using Hawser.Protocol.Messages;

namespace Hawser.Session.Host;

/// <summary>The sound of a session (§10).</summary>
public sealed partial class HostSession
{
    private bool Hears => IsAuthorised && Facts.Kind == SessionKind.Remote && Permissions.Audio
        && ViewerOptions.DisableAudio != OptionMessage.Types.BoolOption.Yes;

    private void TuneSound()
    {
        if (_host.Sound is not { } sound) return;
        if (Hears) sound.Join(_lanes);
        else sound.Leave(_lanes);
    }

    // Nobody sits here to take a call (§10.2).
    private void OnCall(VoiceCallRequest call)
    {
        if (!call.IsConnect) return;
        _lanes.Post(new Message
        {
            VoiceCallResponse = new VoiceCallResponse
            {
                Accepted = false,
                ReqTimestamp = call.ReqTimestamp,
                AckTimestamp = Time.GetUtcNow().ToUnixTimeMilliseconds(),
            },
        });
    }
}
