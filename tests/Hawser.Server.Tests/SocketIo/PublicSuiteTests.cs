using System.Diagnostics;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>
/// C6: the public suites themselves, where somebody put them: <c>HAWSER_PUBLIC_SUITES</c> names a folder with
/// <c>socket.io-protocol</c> (branch fix/waitfor) and <c>engine.io-protocol</c>, their test-suite folders installed.
/// Run only when asked for: they are not ours to keep, and they want port 3000 and short deadlines.
/// </summary>
public sealed class PublicSuiteTests
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("HAWSER_PUBLIC_SUITES") ?? "";

    [Theory]
    [Trait("Run", "ByHand")]
    [InlineData("socket.io-protocol", 25, 7)]
    [InlineData("engine.io-protocol", 12, 12)]
    public async Task C6_All_that_a_server_without_polling_can_pass_passes(string suite, int passes, int polls)
    {
        Folder.ShouldNotBeEmpty("see docs/socket-io.md");
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.SuiteOptions, port: 3000);
        var start = new ProcessStartInfo("npx")
        {
            WorkingDirectory = Path.Combine(Folder, suite, "test-suite"), UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList = { "--no-install", "mocha", "--reporter", "json", "--exit", "test-suite.js" },
        };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        output.ShouldContain("{", customMessage: await said);
        var report = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]).RootElement;
        var failed = report.GetProperty("failures").EnumerateArray().Select(t => t.GetProperty("fullTitle").GetString()!).ToList();
        failed.ShouldAllBe(t => t.Contains("HTTP long-polling", StringComparison.Ordinal) || t.Contains("upgrade", StringComparison.Ordinal));
        (report.GetProperty("passes").GetArrayLength(), failed.Count).ShouldBe((passes, polls), string.Join('\n', failed));
    }
}
