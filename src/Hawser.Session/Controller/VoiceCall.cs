using Hawser.Protocol.Messages;
using Hawser.Session.Audio;

namespace Hawser.Session.Controller;

/// <summary>
/// A voice call with whoever is at a host (§10.2). Their voice comes as the session's sound does, in place of what the
/// machine plays.
/// </summary>
public sealed class VoiceCall : IAsyncDisposable
{
    private readonly ControllerSession _session;
    private readonly long _number;
    private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SoundShow _speech;
    private int _disposed;

    internal VoiceCall(ControllerSession session, SoundSource microphone, long number, TimeProvider time)
    {
        (_session, _number) = (session, number);
        _speech = new SoundShow(microphone, time);
    }

    /// <summary>Ends when either side has hung up, or the session is over.</summary>
    public Task Ended => _ended.Task;

    internal Task<bool> Answer => _answer.Task;

    /// <summary>Hangs up.</summary>
    /// <returns>When the microphone is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _session.Forget(this);
        _speech.Leave(_session.Lanes);
        if (!_ended.Task.IsCompleted) _session.Lanes.Post(Request(isConnect: false));
        End();
        await _speech.DisposeAsync();
    }

    internal void Ask() => _session.Lanes.Post(Request(isConnect: true));

    internal void Speak()
    {
        _speech.Join(_session.Lanes);
        if (Ended.IsCompleted) _speech.Leave(_session.Lanes);
    }

    internal void OnMessage(Message message)
    {
        // An answer to another question than this one's is none; and a host never calls, it only hangs up (§10.2).
        if (message.VoiceCallResponse is { } answer && answer.ReqTimestamp == _number)
        {
            _answer.TrySetResult(answer.Accepted);
        }

        if (message.VoiceCallRequest is { IsConnect: false }) End();
    }

    internal void End()
    {
        _ended.TrySetResult();
        _answer.TrySetResult(false);
        _speech.Leave(_session.Lanes);
    }

    private Message Request(bool isConnect) => new()
    {
        VoiceCallRequest = new VoiceCallRequest { IsConnect = isConnect, ReqTimestamp = _number },
    };
}
