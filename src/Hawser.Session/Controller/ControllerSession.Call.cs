using Hawser.Session.Audio;

namespace Hawser.Session.Controller;

/// <summary>Voice calls, which a controller begins (§10.2).</summary>
public sealed partial class ControllerSession
{
    private static readonly TimeSpan LongestRing = TimeSpan.FromSeconds(90);
    private VoiceCall? _call;
    private long _callNumber;

    /// <summary>Calls whoever is at the host.</summary>
    /// <param name="microphone">What they hear; opened when they take the call.</param>
    /// <param name="cancellation">Hangs up before they answer.</param>
    /// <returns>The call, the caller's to end; null when it is not taken within 90 s.</returns>
    /// <exception cref="InvalidOperationException">A call rings or runs already.</exception>
    /// <exception cref="IOException">The session has ended, or sound can't be packed here.</exception>
    public async Task<VoiceCall?> CallAsync(SoundSource microphone, CancellationToken cancellation = default)
    {
        if (!SoundCodec.IsThere) throw new IOException(SoundCodec.Missing);
        VoiceCall call;
        lock (_gate)
        {
            if (_call is not null) throw new InvalidOperationException("there is a call already");
            // Another one each time, also when the clock stands still.
            var now = _options.Time.GetUtcNow().ToUnixTimeMilliseconds();
            _callNumber = Math.Max(now, _callNumber + 1);
            _call = call = new VoiceCall(this, microphone, _callNumber, _options.Time);
        }

        call.Ask();
        var taken = false;
        try
        {
            await Task.WhenAny(call.Answer, _running).WaitAsync(LongestRing, _options.Time, cancellation);
            taken = call.Answer.IsCompletedSuccessfully && await call.Answer;
            if (!taken && _running.IsCompleted) throw new IOException(EndReason ?? "the session has ended");
        }
        catch (TimeoutException)
        {
            // Nobody is there.
        }
        finally
        {
            if (taken) call.Speak();
            // Who has answered needs no word that nobody calls any more.
            else if (call.Answer.IsCompleted) call.End();
            if (!taken) await call.DisposeAsync();
        }

        return taken ? call : null;
    }

    internal void Forget(VoiceCall call)
    {
        lock (_gate)
        {
            if (_call == call) _call = null;
        }
    }

    private VoiceCall? CallOfNow()
    {
        lock (_gate) return _call;
    }
}
