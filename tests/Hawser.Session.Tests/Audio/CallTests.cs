using Hawser.Protocol.Messages;
using Hawser.Session.Audio;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.Session.Tests.Channel;
using Hawser.Session.Tests.Sessions;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;

namespace Hawser.Session.Tests.Audio;

/// <summary>Voice calls (T57), with tones for voices.</summary>
public sealed class CallTests : IDisposable
{
    private const int Machine = 300;
    private const int AtTheHost = 440;
    private const int AtTheController = 1000;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private readonly Ear _ear = new();

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task T57_both_ends_hear_each_other_until_the_controller_hangs_up()
    {
        SoundTests.Needed();
        await using var rig = Rig((_, what, _) => Task.FromResult(what == HostQuestion.Call));
        var session = await rig.LoginAsync();
        await HearAsync(session, Machine);
        var call = (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldNotBeNull();
        await HearAsync(session, AtTheHost);
        await Eventually.HoldsAsync(() => _ear.Level(AtTheController) > 0.15, "the host hears the controller", 60);
        _ear.Level(AtTheHost).ShouldBeLessThan(0.02);
        await Should.ThrowAsync<InvalidOperationException>(() => session.CallAsync(Tone(1), _limit.Token));

        await call.DisposeAsync();
        await Eventually.HoldsAsync(() => _ear.Opened == _ear.Closed, "nothing is played any more", 60);
        await HearAsync(session, Machine);
        // And once more: nothing of the first call is in the way.
        await using var again = (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldNotBeNull();
        await Eventually.HoldsAsync(() => _ear.Opened == 2, "it is played again", 60);
        again.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task T57_the_host_hangs_up()
    {
        SoundTests.Needed();
        await using var rig = Rig((_, _, _) => Task.FromResult(true));
        var session = await rig.LoginAsync();
        await using var call = (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldNotBeNull();
        rig.Host.Sessions.ShouldHaveSingleItem().HangUp();
        await call.Ended.WaitAsync(_limit.Token);
        await Eventually.HoldsAsync(() => _ear.Opened == _ear.Closed, "nothing is played any more", 60);
        await HearAsync(session, Machine);
        // Its microphone is closed: what went is all that goes.
        session.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task T57_whoever_is_there_refuses_and_where_nobody_is_nobody_is_asked()
    {
        SoundTests.Needed();
        await using (var rig = Rig((_, _, _) => Task.FromResult(false)))
        {
            var session = await rig.LoginAsync();
            (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldBeNull();
            (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldBeNull();
        }

        await using var empty = new SessionRig();
        var alone = await empty.LoginAsync();
        (await alone.CallAsync(Tone(AtTheController), _limit.Token)).ShouldBeNull();

        // Whoever may not hear the machine does not hear its user either (bits 8 and 9).
        await using var forbidden = Rig((_, _, _) => throw new InvalidOperationException("is not asked"));
        var denied = await forbidden.ConnectAsync(permissions: 1 << 8);
        (await denied.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        (await denied.CallAsync(Tone(AtTheController), _limit.Token)).ShouldBeNull();
        _ear.Opened.ShouldBe(0);
    }

    [Fact]
    public async Task T57_a_caller_that_hangs_up_while_it_rings_stops_the_ringing()
    {
        SoundTests.Needed();
        var rings = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        await using var rig = Rig(async (_, _, stop) =>
        {
            rings.TrySetResult();
            await using var told = stop.Register(stopped.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return true;
        });
        var session = await rig.LoginAsync();
        using var enough = new CancellationTokenSource();
        var calling = session.CallAsync(Tone(AtTheController), enough.Token);
        await rings.Task.WaitAsync(_limit.Token);
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => calling);
        await stopped.Task.WaitAsync(_limit.Token);
        _ear.Opened.ShouldBe(0);
    }

    [Fact]
    public async Task T57_who_wants_no_sound_is_not_heard_either()
    {
        SoundTests.Needed();
        await using var rig = Rig((_, _, _) => Task.FromResult(true));
        var session = await rig.LoginAsync(o => o with { Wishes = new OptionMessage { DisableAudio = Bool.Yes } });
        await using var call = (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldNotBeNull();
        await Eventually.HoldsAsync(() => _ear.Opened == 1, "it is ready to play", 60);
        (await session.SettleAsync(_limit.Token)).ShouldBeTrue();
        _ear.Heard.ShouldBe(0);
        session.SendOptions(new OptionMessage { DisableAudio = Bool.No });
        await HearAsync(session, AtTheHost);
        await Eventually.HoldsAsync(() => _ear.Level(AtTheController) > 0.15, "the host hears the controller", 60);
    }

    [Fact]
    public async Task T57_an_answer_to_another_question_is_none()
    {
        SoundTests.Needed();
        var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        await using var _ = host;
        await using var session = new ControllerSession(controller, new ControllerOptions { Target = "1" });
        var calling = session.CallAsync(Tone(AtTheController), _limit.Token);
        var asked = await NextCallAsync(host);
        asked.IsConnect.ShouldBeTrue();
        foreach (var (number, accepted) in new[] { (asked.ReqTimestamp - 1, true), (0, true), (asked.ReqTimestamp, false) })
        {
            calling.IsCompleted.ShouldBeFalse();
            await host.SendAsync(new Message
            {
                VoiceCallResponse = new VoiceCallResponse { Accepted = accepted, ReqTimestamp = number, AckTimestamp = 1 },
            });
        }

        (await calling).ShouldBeNull();
        // The next question has a number of its own, and who hangs up says so.
        calling = session.CallAsync(Tone(AtTheController), _limit.Token);
        asked.ReqTimestamp.ShouldBeLessThan((asked = await NextCallAsync(host)).ReqTimestamp);
        await host.SendAsync(new Message
        {
            VoiceCallResponse = new VoiceCallResponse { Accepted = true, ReqTimestamp = asked.ReqTimestamp },
        });
        var call = (await calling).ShouldNotBeNull();
        (await NextAsync(host, m => m.Misc?.AudioFormat is not null)).Misc.AudioFormat.SampleRate.ShouldBe(48_000u);
        await NextAsync(host, m => m.AudioFrame is not null);
        await call.DisposeAsync();
        (await NextCallAsync(host)).IsConnect.ShouldBeFalse();
    }

    [Fact]
    public async Task T57_a_second_call_is_refused_and_a_session_that_ends_ends_its_call()
    {
        SoundTests.Needed();
        await using var rig = Rig((_, _, _) => Task.FromResult(true));
        var session = await rig.LoginAsync();
        var call = (await session.CallAsync(Tone(AtTheController), _limit.Token)).ShouldNotBeNull();
        var answered = call.Answer;
        session.Lanes.Post(new Message { VoiceCallRequest = new VoiceCallRequest { IsConnect = true, ReqTimestamp = 5 } });
        (await session.SettleAsync(_limit.Token)).ShouldBeTrue();
        _ear.Opened.ShouldBe(1);
        (await answered).ShouldBeTrue();
        rig.Host.Disconnect(rig.Host.Connections);
        await call.Ended.WaitAsync(_limit.Token);
        await Eventually.HoldsAsync(() => _ear.Closed == 1, "nothing is played any more", 60);
        await call.DisposeAsync();
        await Should.ThrowAsync<IOException>(() => session.CallAsync(Tone(AtTheController), _limit.Token));
    }

    private static TestTone Tone(int hertz) => new(hertz, TimeProvider.System);

    private SessionRig Rig(AskSomebody ask) => new(o => o with
    {
        Sound = Tone(Machine),
        Voice = new VoiceDevice(Tone(AtTheHost), _ear),
        Ask = ask,
    });

    private async Task<VoiceCallRequest> NextCallAsync(SecureChannel host) =>
        (await NextAsync(host, m => m.VoiceCallRequest is not null)).VoiceCallRequest;

    private async Task<Message> NextAsync(SecureChannel host, Func<Message, bool> isIt)
    {
        while (true)
        {
            var message = (await host.ReceiveAsync(_limit.Token)).ShouldNotBeNull();
            if (isIt(message)) return message;
        }
    }

    // Until a quarter of a second of what comes is this tone, and hardly another one.
    private async Task HearAsync(ControllerSession session, int hertz)
    {
        using var player = new SoundPlayer(SoundSource.Rate, SoundSource.Channels);
        var heard = new List<float>();
        while (true)
        {
            var packet = (await session.Sound.ReadAsync(_limit.Token)).ShouldNotBeNull(session.EndReason);
            var samples = player.Play(packet.Data.Span);
            for (var i = 0; i < samples.Length; i += 2) heard.Add(samples[i]);
            if (heard.Count < SoundSource.Rate / 4) continue;
            if (Ear.LevelOf(heard, hertz) > 0.15) return;
            heard.Clear();
        }
    }

    // Remembers what was played last.
    private sealed class Ear : SoundSink
    {
        private readonly Lock _gate = new();
        private readonly List<float> _heard = [];
        private int _opened;
        private int _closed;

        public int Opened => Volatile.Read(ref _opened);

        public int Closed => Volatile.Read(ref _closed);

        public int Heard
        {
            get
            {
                lock (_gate) return _heard.Count;
            }
        }

        public static double LevelOf(List<float> samples, int hertz) =>
            Goertzel.Level(samples.ToArray(), hertz, SoundSource.Rate);

        public double Level(int hertz)
        {
            lock (_gate) return _heard.Count < SoundSource.Rate / 4 ? 0 : LevelOf(_heard, hertz);
        }

        public override SoundOutput Open()
        {
            Interlocked.Increment(ref _opened);
            return new Playing(this);
        }

        private void Play(ReadOnlySpan<float> samples)
        {
            lock (_gate)
            {
                for (var i = 0; i < samples.Length; i += 2) _heard.Add(samples[i]);
                if (_heard.Count > SoundSource.Rate / 2) _heard.RemoveRange(0, _heard.Count - (SoundSource.Rate / 2));
            }
        }

        private sealed class Playing(Ear ear) : SoundOutput
        {
            public override void Write(ReadOnlySpan<float> samples) => ear.Play(samples);

            protected override void Dispose(bool disposing) => Interlocked.Increment(ref ear._closed);
        }
    }
}
