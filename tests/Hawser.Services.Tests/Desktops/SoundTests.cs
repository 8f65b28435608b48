using System.Diagnostics;
using System.Runtime.InteropServices;
using Hawser.Agent.Linux.Sound;
using Hawser.Agent.Serving;
using Hawser.Session.Audio;
using Hawser.Session.Host;
using Hawser.Session.Tests.Audio;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real PulseAudio server that plays a tone to nobody, heard through the server by hawser-connect.</summary>
public sealed class SoundTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-sound-").FullName;
    private Process _pulse = null!;

    private string Socket => Path.Combine(_folder, "native");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/bin/pulseaudio")) Assert.Skip("pulseaudio is not installed: ./test does that");
        var start = new ProcessStartInfo("pulseaudio")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no", "-L",
            "module-null-sink sink_name=t", "-L", "module-sine sink=t frequency=440", "-L",
            $"module-native-protocol-unix socket={Socket} auth-anonymous=1",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in new[] { "XDG_RUNTIME_DIR", "HOME", "PULSE_RUNTIME_PATH" }) start.Environment[name] = _folder;
        _pulse = Process.Start(start)!;
        _pulse.ErrorDataReceived += (_, _) => { };
        _pulse.OutputDataReceived += (_, _) => { };
        _pulse.BeginErrorReadLine();
        _pulse.BeginOutputReadLine();
        await Eventually.HoldsAsync(() => File.Exists(Socket), "the sound server is there", 60);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pulse is not null)
        {
            if (!_pulse.HasExited) _pulse.Kill();
            await _pulse.WaitForExitAsync();
            _pulse.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task T56_what_a_machine_plays_is_saved_at_the_other_end()
    {
        await using var hawser = await TestHawser.StartAsync();
        var folder = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Server = $"127.0.0.1:{hawser.RendezvousPort}",
                Key = hawser.Key.PublicText,
                Display = "test-card",
                Sound = "unix:" + Socket,
            },
        };
        new HostSecrets(folder.Secrets, folder.Save).SetPermanent("secret");
        await using var agent = RunningAgent.Start(folder, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, "secret\n");
        foreach (var name in new[] { "heard.wav", "heard.ogg" })
        {
            var file = Path.Combine(_folder, name);
            await RunAsync("dotnet", [
                Path.Combine(AppContext.BaseDirectory, "hawser-connect.dll"), folder.Identity.Id, "listen", "--out", file,
                "--seconds", "8", "--server", $"127.0.0.1:{hawser.RendezvousPort}", "--key", hawser.Key.PublicText,
                "--password-file", password,
            ]);
            // Decoded by somebody else, whatever it is.
            var raw = Path.Combine(_folder, "raw");
            (await RunAsync("ffmpeg", "-v", "error", "-y", "-i", file, "-f", "f32le", "-ac", "1", "-ar", "48000", raw))
                .ShouldBeEmpty();
            var heard = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(raw)).ToArray();
            heard.Length.ShouldBeGreaterThan(48_000, name);
            // The loudest of its seconds: at the beginning, or when the machine is busy, there may be gaps.
            var levels = heard.Chunk(48_000).Where(s => s.Length == 48_000)
                .Select(s => (Tone: Goertzel.Level(s, 440, 48_000), Other: Goertzel.Level(s, 1000, 48_000))).ToArray();
            var (tone, other) = levels.MaxBy(l => l.Tone);
            tone.ShouldBeGreaterThan(0.1, name);
            other.ShouldBeLessThan(tone / 5, name);
        }
    }

    [Fact]
    public void A_sound_server_that_is_not_there_is_said_so_and_one_that_goes_too()
    {
        Should.Throw<IOException>(() => new PulseSource($"unix:{_folder}/nobody", TimeProvider.System).Open()).Message.ShouldStartWith("no sound");
        using var capture = new PulseSource("unix:" + Socket, TimeProvider.System).Open();
        var samples = new float[SoundSource.PacketSamples * SoundSource.Channels];
        capture.Read(samples);
        _pulse.Kill();
        Should.Throw<IOException>(() =>
        {
            for (var i = 0; i < 10_000; i++) capture.Read(samples);
        });
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program}: {await errors}");
        return said;
    }
}
