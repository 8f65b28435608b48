using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Hawser.Recording.Library;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Server.Tests.Recording.Library;

/// <summary>
/// This test program as a child that records and says which chunks are acknowledged, until it is killed. It starts in
/// the module's initializer, because the entry point belongs to the test runner; so it blocks, because no other thread
/// may enter this module before its initializer has ended.
/// </summary>
internal static class KilledRecorder
{
    private const string Switch = "HAWSER_TEST_KILLED_RECORDER", Program = "HAWSER_TEST_KILLED_FFMPEG", Source = "HAWSER_TEST_KILLED_SOURCE";

    /// <summary>A beginning that is taken for WebM.</summary>
    public static byte[] Head { get; } = [0x1a, 0x45, 0xdf, 0xa3, 0x88, 0x42, 0x82, 0x84, (byte)'w', (byte)'e', (byte)'b', (byte)'m', 0xec];

    /// <summary>What is in the chunk with a number.</summary>
    public static byte[] ChunkOf(long seq)
    {
        var bytes = new byte[20_000];
        Head.CopyTo(bytes, 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(Head.Length), seq);
        return bytes;
    }

    /// <summary>Starts the child on a data folder; it records without end.</summary>
    public static Process Record(string folder) => Start(folder, new() { [Switch] = folder });

    /// <summary>Starts the child on a data folder; it records a file and stops, with an FFmpeg of the test's.</summary>
    public static Process Finish(string folder, string source, string ffmpeg) =>
        Start(folder, new() { [Switch] = folder, [Source] = source, [Program] = ffmpeg });

    public static void Configure(HawserOptions options)
    {
        options.Role.Add("recorder");
        options.Database = "sqlite";
        options.Recorder.KeepFree = 0;
        options.Recorder.Posters = false;
        if (Environment.GetEnvironmentVariable(Program) is { Length: > 0 } ffmpeg) options.Recorder.Ffmpeg = ffmpeg;
    }

    [ModuleInitializer]
    internal static void Boot()
    {
        if (Environment.GetEnvironmentVariable(Switch) is not { Length: > 0 } folder) return;
        var server = TestHawser.StartAsync(Configure, folder: folder).GetAwaiter().GetResult();
        var recordings = server.Node.Services!.GetRequiredService<Recordings>();
        var start = recordings.StartAsync(RecordCaller.Anonymous, LibraryRig.Id, default).GetAwaiter().GetResult();
        Console.Out.WriteLine($"started {start.Code} {start.NextIndex}");
        if (Environment.GetEnvironmentVariable(Source) is { Length: > 0 } source) Finish(recordings, File.ReadAllBytes(source));
        for (var seq = start.NextIndex; ; seq++)
        {
            var answer = Append(recordings, ChunkOf(seq));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"saved {answer.Index} {seq}"));
        }
    }

    private static void Finish(Recordings recordings, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += 50_000) Append(recordings, bytes[at..Math.Min(bytes.Length, at + 50_000)]);
        recordings.StopAsync(RecordCaller.Anonymous, LibraryRig.Id, 1, default).GetAwaiter().GetResult();
        Console.Out.WriteLine("finished");
    }

    private static AppendAnswer Append(Recordings recordings, byte[] bytes) => recordings
        .AppendAsync(RecordCaller.Anonymous, LibraryRig.Id, new ReadOnlySequence<byte>(bytes), null, null, default).GetAwaiter().GetResult();

    private static Process Start(string folder, Dictionary<string, string> environment)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(KilledRecorder).Assembly.Location);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        // It is killed with all it started: a database server of its own would lose who ends it, and go on.
        start.Environment["HAWSER_TEST_DATABASE"] = "";
        return Process.Start(start)!;
    }
}
