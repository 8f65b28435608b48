using Hawser.Protocol.Messages;
using Hawser.Session.Audio;

namespace Hawser.Session.Host;

/// <summary>The sound of a session, and its voice calls (§10). A host never calls; it is called.</summary>
public sealed partial class HostSession
{
    private static readonly TimeSpan LongestRing = TimeSpan.FromSeconds(60);
    private CancellationTokenSource? _ring;
    private Task _ringing = Task.CompletedTask;
    private Task _hungUp = Task.CompletedTask;
    private SoundPlayback? _call;

    private bool MayHear => IsAuthorised && Permissions.Audio && !IsMuted;

    private bool IsMuted => ViewerOptions.DisableAudio == OptionMessage.Types.BoolOption.Yes;

    /// <summary>Ends a call from this side, or refuses one that rings; nothing happens without one.</summary>
    public void HangUp() => Leave(() =>
    {
        if (_call is not null || _ring is not null)
        {
            EndCall();
            _lanes.Post(new Message { VoiceCallRequest = new VoiceCallRequest { IsConnect = false } });
        }

        return ValueTask.CompletedTask;
    });

    // In a call the user's voice is heard instead of the machine.
    private void TuneSound()
    {
        Tune(_host.Sound, MayHear && Facts.Kind == SessionKind.Remote && _call is null);
        Tune(_host.Microphone, MayHear && _call is not null);
    }

    private void Tune(SoundShow? sound, bool hears)
    {
        if (hears) sound?.Join(_lanes);
        else sound?.Leave(_lanes);
    }

    private void OnCall(VoiceCallRequest call)
    {
        Stir();
        if (!call.IsConnect)
        {
            EndCall();
            return;
        }

        var can = Facts.Kind is SessionKind.Remote or SessionKind.Camera && Permissions.Audio
            && _host.Microphone is not null && _ring is null && _call is null;
        if (!can || Options.Ask is not { } ask)
        {
            Answer(call.ReqTimestamp, false);
            return;
        }

        _ring = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _ringing = RingAsync(ask, call.ReqTimestamp, _ring);
    }

    private async Task RingAsync(AskSomebody ask, long number, CancellationTokenSource ring)
    {
        var who = Facts;
        var yes = false;
        using (var limit = new Deadline(LongestRing, Time, ring.Token))
        {
            await Task.Yield();
            try
            {
                yes = await ask(who, HostQuestion.Call, limit.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Nobody took it.
            }
        }

        Leave(() =>
        {
            // Whoever called may have hung up meanwhile: then nobody waits for an answer.
            if (_ring == ring) OnTaken(number, yes);
            ring.Dispose();
            return ValueTask.CompletedTask;
        });
    }

    private void OnTaken(long number, bool yes)
    {
        _ring = null;
        Answer(number, yes);
        if (!yes || Options.Voice is not { } voice) return;
        _call = new SoundPlayback(voice.Speaker, Time);
        TuneSound();
        Options.Events.Called(this, true);
    }

    private void Answer(long number, bool yes) => _lanes.Post(new Message
    {
        VoiceCallResponse = new VoiceCallResponse
        {
            Accepted = yes,
            ReqTimestamp = number,
            AckTimestamp = Time.GetUtcNow().ToUnixTimeMilliseconds(),
        },
    });

    private void OnVoice(AudioFrame frame)
    {
        if (!IsMuted) _call?.Take(frame.Data.Memory);
    }

    private void EndCall()
    {
        if (_ring is { } ring)
        {
            _ring = null;
            ring.Cancel();
        }

        if (_call is not { } call) return;
        _call = null;
        _hungUp = Task.WhenAll(_hungUp, call.DisposeAsync().AsTask());
        TuneSound();
        Options.Events.Called(this, false);
    }
}
