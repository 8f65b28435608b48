using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Hawser.TestRig;

namespace Hawser.Services.Tests.Mail;

/// <summary>A real mail server that tells what it took.</summary>
internal sealed class MailSink : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<JsonElement> _taken = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MailSink(int port, string name, bool isTls)
    {
        Port = port;
        var (key, cert) = TestAuthority.Issue(name);
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("tests/services-npm"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var argument in new[] { "mail-sink.mjs", $"{port}", key, cert, isTls ? "tls" : "" }) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
    }

    public int Port { get; }

    public IReadOnlyCollection<JsonElement> Taken => _taken;

    public static async Task<MailSink> StartAsync(bool isTls = false)
    {
        var port = FreePorts.Block(1);
        var sink = new MailSink(port, $"mail-{port}", isTls);
        await sink._ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return sink;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        var said = JsonDocument.Parse(line).RootElement;
        if (said.TryGetProperty("ready", out _)) _ready.TrySetResult();
        else _taken.Enqueue(said);
    }
}
