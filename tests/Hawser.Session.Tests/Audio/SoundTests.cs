using Hawser.Protocol.Messages;
using Hawser.Session.Audio;
using Hawser.Session.Controller;
using Hawser.Session.Tests.Sessions;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;

namespace Hawser.Session.Tests.Audio;

/// <summary>A host's sound at its controllers.</summary>
public sealed class SoundTests
{
    [Fact]
    public async Task T56_a_tone_is_heard_at_the_other_end()
    {
        Needed();
        await using var rig = new SessionRig(o => o with { Sound = new TestTone(440, TimeProvider.System) });
        var session = await rig.LoginAsync();
        using var player = new SoundPlayer(48_000, 2);
        var heard = new List<float>();
        while (heard.Count < 24_000)
        {
            var packet = (await NextAsync(session)).ShouldNotBeNull(session.EndReason);
            (packet.Rate, packet.Channels).ShouldBe((48_000, 2));
            var samples = player.Play(packet.Data.Span);
            samples.Length.ShouldBe(960);
            for (var i = 0; i < samples.Length; i += 2) heard.Add(samples[i]);
        }

        Level(heard, 440, 48_000).ShouldBeInRange(0.2, 0.3);
        Level(heard, 1000, 48_000).ShouldBeLessThan(0.02);
    }

    [Fact]
    public async Task T56_one_channel_of_24_kHz_plays_too()
    {
        Needed();
        using var packer = new SoundPacker();
        using var capture = new TestTone(440, TimeProvider.System).Open();
        using var player = new SoundPlayer(24_000, 1);
        var samples = new float[960];
        var heard = new List<float>();
        while (heard.Count < 12_000)
        {
            capture.Read(samples);
            heard.AddRange(player.Play(packer.Pack(samples)));
        }

        Level(heard, 440, 24_000).ShouldBeInRange(0.2, 0.3);
        player.Play([0xff, 0xff]).Length.ShouldBe(0);
        player.Play([]).Length.ShouldBe(0);
        Should.Throw<IOException>(() => new SoundPlayer(44_100, 2));
        Should.Throw<IOException>(() => new SoundPlayer(48_000, 6));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task T56_silence_is_sent_for_eight_seconds_and_no_longer()
    {
        Needed();
        using var source = new Script(10, 900, 10);
        await using var rig = new SessionRig(o => o with { Sound = source });
        var session = await rig.LoginAsync();
        await Eventually.HoldsAsync(() => source.IsPlayed, "all of it is played");
        await Eventually.HoldsAsync(() => rig.Host.SoundPacked >= 820, "and packed");
        rig.Host.SoundPacked.ShouldBe(10 + SoundShow.SilenceShown + 10);
        source.Dispose();
        await session.DisposeAsync();
    }

    [Fact]
    public async Task T56_sound_can_be_switched_off_and_on_and_needs_its_permission()
    {
        Needed();
        await using var rig = new SessionRig(o => o with { Sound = new TestTone(440, TimeProvider.System) });
        var heard = new List<string>();
        var session = await rig.LoginAsync(o => o with
        {
            Wishes = new OptionMessage { DisableAudio = Bool.Yes },
            Events = new ControllerEvents { Chat = heard.Add },
        });
        session.SendChat("first");
        await Eventually.HoldsAsync(() => heard.Count == 1, "an answer");
        rig.Host.SoundPacked.ShouldBe(0);
        session.SendOptions(new OptionMessage { DisableAudio = Bool.No });
        (await NextAsync(session)).ShouldNotBeNull();
        session.SendOptions(new OptionMessage { DisableAudio = Bool.Yes });
        session.SendChat("second");
        await Eventually.HoldsAsync(() => heard.Count == 2, "another answer");
        // Nobody listens: the source is let go of, at the latest with its next packet.
        var packed = -1L;
        await Eventually.HoldsAsync(() => packed == (packed = rig.Host.SoundPacked), "nothing more is packed");

        // Bits 8 and 9: the server forbids it.
        var denied = await rig.ConnectAsync(
            o => o with { Events = new ControllerEvents { Chat = heard.Add } }, permissions: 1 << 8);
        (await denied.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        denied.Denied.ShouldContain(PermissionInfo.Types.Permission.Audio);
        rig.Host.Sessions.Single(s => !s.Permissions.Audio).Permissions.Audio.ShouldBeFalse();
    }

    internal static void Needed()
    {
        if (!SoundCodec.IsThere) Assert.Skip("libopus is not installed: ./test does that");
    }

    private static double Level(List<float> samples, double hertz, int rate) =>
        Goertzel.Level(samples.ToArray().AsSpan(samples.Count / 4), hertz, rate);

    private static async Task<SoundPacket?> NextAsync(ControllerSession session)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await session.Sound.ReadAsync(limit.Token);
    }

    // Packets of noise, of silence, and of noise again; then nothing happens any more.
    private sealed class Script(int noisy, int silent, int noisyAgain) : SoundSource, IDisposable
    {
        private readonly ManualResetEventSlim _over = new();
        private volatile bool _played;

        public bool IsPlayed => _played;

        public override SoundCapture Open() => new Capture(this);

        public void Dispose() => _over.Set();

        private sealed class Capture(Script script) : SoundCapture
        {
            private readonly int _first = script.Noisy;
            private readonly int _second = script.Noisy + script.Silent;
            private int _at;

            public override void Read(Span<float> samples)
            {
                if (_at >= _second + script.NoisyAgain)
                {
                    script._played = true;
                    script._over.Wait();
                    throw new IOException("over");
                }

                samples.Fill(_at < _first || _at >= _second ? 0.1f : 0);
                _at++;
            }

            protected override void Dispose(bool disposing)
            {
            }
        }

        private int Noisy => noisy;

        private int Silent => silent;

        private int NoisyAgain => noisyAgain;
    }
}
