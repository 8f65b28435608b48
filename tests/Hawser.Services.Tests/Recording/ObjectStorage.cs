using System.Diagnostics;
using Hawser.TestRig;

namespace Hawser.Services.Tests.Recording;

/// <summary>An S3 server of this test.</summary>
internal sealed class ObjectStorage : IDisposable
{
    public const string Bucket = "recordings";
    private readonly Process _process;

    private ObjectStorage()
    {
        Folder = Directory.CreateTempSubdirectory("hawser-s3-").FullName;
        Port = FreePorts.Block(1);
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("tests/services-npm"), UseShellExecute = false,
            RedirectStandardOutput = true, RedirectStandardInput = true,
        };
        foreach (var argument in (string[])["--no-deprecation", "s3-server.mjs", $"{Port}", Folder, Bucket]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public string Folder { get; }

    public int Port { get; }

    public string Endpoint => $"http://127.0.0.1:{Port}";

    public static async Task<ObjectStorage> StartAsync()
    {
        var storage = new ObjectStorage();
        var line = await storage._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return line?.Contains("ready", StringComparison.Ordinal) == true ? storage : throw new InvalidOperationException($"s3rver: {line}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
