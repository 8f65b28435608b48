using System.Diagnostics;
using System.Runtime.InteropServices;
using Hawser.Bench.Reports;

namespace Hawser.Bench.Machine;

/// <summary>Builds what a suite needs, once, in the work folder: generators, anchors, and Hawser as it is shipped.</summary>
internal sealed class Toolbox
{
    private readonly BenchArguments _arguments;
    private string? _standin;
    private string? _hawser;
    private string? _hello;
    private string? _minimal;

    public Toolbox(BenchArguments arguments)
    {
        _arguments = arguments;
        Directory.CreateDirectory(Work);
        Compile("keep");
        Child.Keeper = Path.Combine(Work, "keep");
        foreach (var name in (string[])["tcpload", "udpgen", "udpecho", "punchgen", "hold", "httpgen", "lossypath", "recordgen"]) Compile(name);
    }

    public string Work => _arguments.Work;

    public string Root { get; } = FindRoot();

    /// <summary>How Hawser was published, for the report.</summary>
    public string HawserBuild { get; private set; } = "given";

    /// <summary>The Tokio stand-in; empty when this machine can't build it.</summary>
    public string Standin => _standin ??= BuildStandin();

    /// <summary>The published server.</summary>
    public string Hawser => _hawser ??= _arguments.Hawser.Length > 0 ? _arguments.Hawser : Publish();

    /// <summary>A JIT-compiled ASP.NET Core application that says hello.</summary>
    public string Hello => _hello ??= BuildHello();

    /// <summary>A JIT-compiled minimal API that takes heartbeats and keeps them in a dictionary.</summary>
    public string MinimalApi => _minimal ??= BuildMinimalApi();

    public string InWork(string name) => Path.Combine(Work, name);

    /// <summary>Runs a generator and reads the JSON line that it prints.</summary>
    public Sample Generate(string name, params string[] args) => Sample.Parse(Child.Run(InWork(name), Own(args)));

    /// <summary>Starts a generator beside others.</summary>
    public Child StartGenerator(string name, params string[] args) => Child.Start(InWork(name), Own(args));

    private static string[] Own(string[] args) => ["-O", $"{Environment.ProcessId}", .. args];

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hawser.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Hawser.slnx is not above the bench");
        }

        return folder;
    }

    /// <summary>Compiles a generator.</summary>
    public void Compile(string name, params string[] libraries)
    {
        var source = Path.Combine(Root, "tests", "Hawser.Bench", "native", name + ".c");
        Child.Run("cc", ["-O2", "-Wall", "-o", InWork(name), source, .. libraries]);
    }

    private string BuildStandin()
    {
        var target = InWork("tokio-standin");
        CopyChanged(Path.Combine(Root, "tests", "Hawser.Bench", "native", "tokio-standin"), target);
        try
        {
            Console.WriteLine("building the Tokio stand-in ...");
            Child.Run("cargo", ["build", "--release", "--offline", "--quiet"], target);
            return Path.Combine(target, "target", "release", "tokio-standin");
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Console.WriteLine($"the Tokio stand-in is not built: {e.Message}");
            return "";
        }
    }

    private string Publish()
    {
        var copy = InWork("source");
        foreach (var folder in (string[])["src", "protos"])
        {
            CopyChanged(Path.Combine(Root, folder), Path.Combine(copy, folder));
        }

        CopyFile(Path.Combine(Root, "docs", "openapi.json"), Path.Combine(copy, "docs", "openapi.json"));
        foreach (var file in Directory.GetFiles(Root)) CopyFile(file, Path.Combine(copy, Path.GetFileName(file)));
        var output = InWork("hawser");
        Console.WriteLine("publishing hawser ...");
        try
        {
            Publish(copy, output, "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false",
                "-p:PublishReadyToRun=true");
            HawserBuild = "Release, ReadyToRun, framework-dependent";
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine($"ReadyToRun is not available here: {e.Message}");
            Publish(copy, output);
            HawserBuild = "Release, JIT, framework-dependent";
        }

        return Path.Combine(output, "hawser");
    }

    private static void Publish(string source, string output, params string[] more)
    {
        var project = Path.Combine(source, "src", "Hawser.Server");
        Child.Run("dotnet", ["publish", project, "-c", "Release", "-o", output, "-v", "q", "--nologo",
            "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:BuildConsole=false", .. more]);
    }

    private string BuildHello()
    {
        var folder = InWork("hello");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "hello.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), """
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.MapGet("/", () => "hello");
            app.Run("http://127.0.0.1:" + args[0]);
            """);
        Console.WriteLine("building the hello world application ...");
        Child.Run("dotnet", ["publish", folder, "-c", "Release", "-o", Path.Combine(folder, "out"), "-v", "q", "--nologo"]);
        return Path.Combine(folder, "out", "hello");
    }

    private string BuildMinimalApi()
    {
        var folder = InWork("minimal");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "minimal.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), """
            using System.Collections.Concurrent;
            using System.Text.Json.Serialization;
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, BeatJson.Default));
            var app = builder.Build();
            var seen = new ConcurrentDictionary<string, long>();
            app.MapPost("/api/heartbeat", (Beat beat) =>
            {
                seen[beat.id] = Environment.TickCount64;
                return new Reply();
            });
            app.Run("http://127.0.0.1:" + args[0]);
            record Beat(string id, string uuid, long ver, long modified_at, int[]? conns);
            record Reply;
            [JsonSerializable(typeof(Beat))]
            [JsonSerializable(typeof(Reply))]
            partial class BeatJson : JsonSerializerContext;
            """);
        Console.WriteLine("building the minimal API ...");
        Child.Run("dotnet", ["publish", folder, "-c", "Release", "-o", Path.Combine(folder, "out"), "-v", "q", "--nologo"]);
        return Path.Combine(folder, "out", "minimal");
    }

    private static void CopyChanged(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(from, file);
            // A publish for one machine has other dependencies than the lock files say.
            if (relative.Split('/').Any(p => p is "bin" or "obj" or "target" or "packages.lock.json")) continue;
            CopyFile(file, Path.Combine(to, relative));
        }
    }

    private static void CopyFile(string from, string to)
    {
        if (File.Exists(to) && File.ReadAllBytes(to).AsSpan().SequenceEqual(File.ReadAllBytes(from))) return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }

    /// <summary>The first line of what a program says about its version.</summary>
    public static string VersionOf(string file, params string[] args)
    {
        try
        {
            var info = new ProcessStartInfo(file, args)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(info)!;
            var text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return text.Split('\n')[0].Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return file + ": not installed";
        }
    }
}
