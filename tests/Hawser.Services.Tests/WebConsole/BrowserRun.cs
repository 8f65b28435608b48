using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>Plays a scenario of <c>web/tests/browser</c> in a real Chromium against a server.</summary>
internal static class BrowserRun
{
    /// <summary>Skips the test where no console was built.</summary>
    public static void NeedsConsole()
    {
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "console", "index.html")))
        {
            Assert.Skip("the console is not built: build with -c Release or -p:BuildConsole=true");
        }
    }

    /// <summary>Plays it; fails with what the scenario says that it expected.</summary>
    public static async Task PlayAsync(string script, string scenario, TestHawser hawser, object? arguments = null)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("web"),
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // A name and not an address: passkeys are for names.
        foreach (var argument in (string[])
            [$"tests/browser/{script}.mjs", scenario, $"http://localhost:{hawser.HttpPort}",
                JsonSerializer.Serialize(arguments ?? new { })])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardError.ReadToEndAsync();
            var printed = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(8));
            process.ExitCode.ShouldBe(0, await said + await printed);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
