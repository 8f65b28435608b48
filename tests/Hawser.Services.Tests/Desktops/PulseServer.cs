using System.Diagnostics;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real PulseAudio server that plays a tone of 440 Hz to nobody.</summary>
internal sealed class PulseServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-pulse-").FullName;
    private readonly Process _server;

    private PulseServer()
    {
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
        _server = Process.Start(start)!;
        _server.ErrorDataReceived += (_, _) => { };
        _server.OutputDataReceived += (_, _) => { };
        _server.BeginErrorReadLine();
        _server.BeginOutputReadLine();
    }

    /// <summary>Where it listens, as libpulse wants it said.</summary>
    public string Name => "unix:" + Socket;

    private string Socket => Path.Combine(_folder, "native");

    public static async Task<PulseServer> StartAsync()
    {
        if (!File.Exists("/usr/bin/pulseaudio")) Assert.Skip("pulseaudio is not installed: ./test does that");
        var server = new PulseServer();
        await Eventually.HoldsAsync(() => File.Exists(server.Socket), "the sound server is there", 60);
        return server;
    }

    public void Kill() => _server.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited) _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
