using System.Runtime.InteropServices;
using Hawser.Agent.Linux.Sound;
using Hawser.Session.Audio;
using Hawser.Session.Tests.Audio;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>What a machine plays, heard through the server by hawser-connect.</summary>
public sealed class SoundTests : IAsyncLifetime
{
    private PulseServer _pulse = null!;

    public async ValueTask InitializeAsync() => _pulse = await PulseServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_pulse is not null) await _pulse.DisposeAsync();
    }

    [Fact]
    public async Task T56_what_a_machine_plays_is_saved_at_the_other_end()
    {
        await using var rig = await DeskRig.StartAsync("test-card", _pulse.Name);
        foreach (var name in new[] { "heard.wav", "heard.ogg" })
        {
            var file = Path.Combine(rig.Folder, name);
            await rig.ConnectAsync("listen", "--out", file, "--seconds", "8");
            await HearAsync(rig, file);
        }
    }

    [Fact]
    public async Task T56_a_film_of_a_desktop_has_its_sound_beside_the_pictures()
    {
        await using var x = await XServer.StartAsync();
        x.Start("xterm", "-geometry", "100x30+20+20", "-e", "sh", "-c", "while :; do date +%N; done");
        await using var rig = await DeskRig.StartAsync(x.Name, _pulse.Name);
        var film = Path.Combine(rig.Folder, "film.webm");
        await rig.ConnectAsync("view", "--out", film, "--seconds", "8");
        var streams = await DeskRig.ToolAsync("ffprobe", "-v", "error", "-show_entries",
            "stream=codec_name,width,height,sample_rate,channels", "-of", "csv=p=0", film);
        streams.Trim().Split('\n').ShouldBe(["vp9,1280,720", "opus,48000,2"]);
        (await DeskRig.ToolAsync("ffmpeg", "-v", "error", "-i", film, "-f", "null", "-")).ShouldBeEmpty();
        // What is in the file comes in the order of its times, and sound is as long as the pictures are.
        var packets = (await DeskRig.ToolAsync("ffprobe", "-v", "error", "-show_entries", "packet=codec_type,pts_time",
            "-of", "csv=p=0", film)).Trim().Split('\n').Select(l => l.Split(','))
            .Select(l => (Kind: l[0], Time: double.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture)))
            .ToArray();
        packets.Select(p => p.Time).ShouldBeInOrder();
        var ends = packets.GroupBy(p => p.Kind).ToDictionary(g => g.Key, g => g.Max(p => p.Time));
        Math.Abs(ends["audio"] - ends["video"]).ShouldBeLessThan(5);
        packets.Count(p => p.Kind == "audio").ShouldBeGreaterThan(100);
        await HearAsync(rig, film);
    }

    [Fact]
    public async Task A_film_is_without_sound_when_that_is_wished_or_the_machine_has_none()
    {
        foreach (var (sound, wish) in new[] { (_pulse.Name, "--no-sound"), ("none", "--json") })
        {
            await using var rig = await DeskRig.StartAsync("test-card", sound);
            var film = Path.Combine(rig.Folder, "film.webm");
            await rig.ConnectAsync("view", "--out", film, "--seconds", "4", wish);
            (await DeskRig.ToolAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", film))
                .Trim().ShouldBe("vp9");
        }
    }

    [Fact]
    public void A_sound_server_that_is_not_there_is_said_so_and_one_that_goes_too()
    {
        Should.Throw<IOException>(() => new PulseSource($"{_pulse.Name}-not", PulseSource.Monitor, TimeProvider.System).Open())
            .Message.ShouldStartWith("no sound");
        using var capture = new PulseSource(_pulse.Name, PulseSource.Monitor, TimeProvider.System).Open();
        var samples = new float[SoundSource.PacketSamples * SoundSource.Channels];
        capture.Read(samples);
        _pulse.Kill();
        Should.Throw<IOException>(() =>
        {
            for (var i = 0; i < 10_000; i++) capture.Read(samples);
        });
    }

    /// <summary>Somebody else decodes it, and hears this tone, and not another one.</summary>
    internal static async Task HearAsync(DeskRig rig, string file, int hertz = 440, int not = 1500)
    {
        // Decoded by somebody else, whatever it is.
        var raw = Path.Combine(rig.Folder, "raw");
        (await DeskRig.ToolAsync(
            "ffmpeg", "-v", "error", "-y", "-i", file, "-f", "f32le", "-ac", "1", "-ar", "48000", raw)).ShouldBeEmpty();
        var heard = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(raw)).ToArray();
        heard.Length.ShouldBeGreaterThan(48_000, file);
        // The loudest of its seconds: at the beginning, or when the machine is busy, there may be gaps.
        var levels = heard.Chunk(48_000).Where(s => s.Length == 48_000)
            .Select(s => (Tone: Goertzel.Level(s, hertz, 48_000), Other: Goertzel.Level(s, not, 48_000))).ToArray();
        var (tone, other) = levels.MaxBy(l => l.Tone);
        tone.ShouldBeGreaterThan(0.1, file);
        other.ShouldBeLessThan(tone / 5, file);
    }
}
