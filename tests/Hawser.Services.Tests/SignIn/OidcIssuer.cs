using System.Diagnostics;
using Hawser.Services.Tests.NatLab;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.SignIn;

/// <summary>npm's oidc-provider on loopback, with its own login and consent pages.</summary>
internal static class OidcIssuer
{
    /// <summary>The client secret that it knows.</summary>
    public const string Secret = "sEcret:/+ %&=";

    /// <summary>Starts it; the test is skipped where it is not installed.</summary>
    public static async Task<LabProcess> StartAsync(int port, string callback, string algorithm)
    {
        var folder = Path.Combine(Repository.Root, "tests", "services-npm");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "oidc-provider")))
        {
            Assert.Skip("oidc-provider is not installed: ./test does that");
        }

        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList = { "oidc-issuer.mjs", $"{port}", callback, algorithm },
        };
        var process = new LabProcess(Process.Start(start)!, "oidc-issuer");
        await process.ExpectAsync("listening");
        return process;
    }
}
