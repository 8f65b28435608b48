using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Hawser.Recording.Finishing;

/// <summary>How a run of FFmpeg ended.</summary>
/// <param name="ExitCode">0: it says that it went well, which has to be verified.</param>
/// <param name="Said">The end of what it said.</param>
internal sealed record FFmpegRun(int ExitCode, string Said);

/// <summary>What a run of FFmpeg may take.</summary>
/// <param name="Time">How long, before it is killed.</param>
/// <param name="Room">How many bytes it may write.</param>
internal readonly record struct FFmpegBounds(TimeSpan Time, long Room);

/// <summary>FFmpeg could not be run, or took too long.</summary>
internal sealed class FFmpegException : Exception
{
    public FFmpegException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>
/// FFmpeg as a child (reference §3.4): in a session of its own, so that a signal at the terminal does not reach it,
/// with low priority, limits of time and size, and no say in what it opens. Names in its arguments are ours alone. What
/// it writes to its error stream is read to the end and mostly thrown away.
/// </summary>
internal sealed class FFmpeg(RecordingOptions options, TimeProvider time)
{
    private const int Kept = 8 << 10;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);
    private const int NotFound = 127, NotExecutable = 126;
    private const long BytesASecond = 20L << 20;
    private const string NewSession = "/usr/bin/setsid", Limits = "/usr/bin/prlimit";
    private static readonly bool HasSession = File.Exists(NewSession), HasLimits = File.Exists(Limits);

    /// <summary>What every run begins with.</summary>
    public static IReadOnlyList<string> Always { get; } =
        ["-v", "warning", "-nostdin", "-hide_banner", "-y", "-protocol_whitelist", "file,pipe"];

    /// <summary>The time that a run over so many bytes has.</summary>
    public TimeSpan TimeFor(long bytes) => TimeSpan.FromSeconds(options.FinishSeconds + (bytes / BytesASecond));

    /// <summary>What a run over so many bytes may write.</summary>
    public static long RoomFor(long bytes) => bytes + (bytes / 10) + (1 << 20);

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Beside <see cref="Always"/>.</param>
    /// <param name="folder">Where it runs, so that names are short and ours.</param>
    /// <param name="bytes">How much it works on, for its limits.</param>
    /// <param name="feed">Writes its input; null: it has none.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="FFmpegException">It could not be run, or took too long.</exception>
    public Task<FFmpegRun> RunAsync(
        IEnumerable<string> arguments, string folder, long bytes, Func<Stream, CancellationToken, Task>? feed,
        CancellationToken cancellationToken) =>
        RunAsync(arguments, folder, new FFmpegBounds(TimeFor(bytes), RoomFor(bytes)), feed, null, cancellationToken);

    /// <summary>Runs it within bounds of one's own.</summary>
    /// <param name="arguments">Beside <see cref="Always"/>.</param>
    /// <param name="folder">Where it runs, so that names are short and ours.</param>
    /// <param name="bounds">What it may take.</param>
    /// <param name="feed">Writes its input; null: it has none.</param>
    /// <param name="listen">Reads what it prints, to the end; null: nobody does.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="FFmpegException">It could not be run, or took too long.</exception>
    public async Task<FFmpegRun> RunAsync(
        IEnumerable<string> arguments, string folder, FFmpegBounds bounds, Func<Stream, CancellationToken, Task>? feed,
        Func<Stream, Task>? listen, CancellationToken cancellationToken)
    {
        using var process = Start(Always.Concat(arguments), folder, bounds.Room, bounds.Time);
        using var deadline = new CancellationTokenSource(bounds.Time, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var said = SaidAsync(process.StandardError.BaseStream);
        var output = process.StandardOutput.BaseStream;
        var printed = listen is null ? output.CopyToAsync(Stream.Null, CancellationToken.None) : listen(output);
        try
        {
            await FeedAsync(process, feed, either.Token);
            await process.WaitForExitAsync(either.Token);
            // Of the programs in front of it: what they should start is not there, or is no program.
            return process.ExitCode is NotFound or NotExecutable
                ? throw new FFmpegException("FFmpeg is not installed, or not found (--recorder-ffmpeg)")
                : new FFmpegRun(process.ExitCode, await said.WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FFmpegException("FFmpeg took too long");
        }
        finally
        {
            await EndAsync(process, Task.WhenAll(said, printed));
        }
    }

    private Process Start(IEnumerable<string> arguments, string folder, long room, TimeSpan atMost)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true, CreateNoWindow = true,
        };
        List<string> line = [];
        if (HasSession) line.Add(NewSession);
        if (HasLimits)
        {
            var seconds = (long)atMost.TotalSeconds * Environment.ProcessorCount;
            line.AddRange([Limits, Text("--fsize={0}", room), Text("--cpu={0}", seconds), "--core=0", "--"]);
        }

        line.Add(options.Ffmpeg);
        start.FileName = line[0];
        foreach (var argument in line.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start) ?? throw new FFmpegException("FFmpeg did not start");
            Calm(process);
            return process;
        }
        catch (Win32Exception e)
        {
            throw new FFmpegException("FFmpeg did not start (--recorder-ffmpeg): " + e.Message, e);
        }
    }

    private static void Calm(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            // It ended already, or may not be changed; the priority is a courtesy.
        }
    }

    private static async Task FeedAsync(
        Process process, Func<Stream, CancellationToken, Task>? feed, CancellationToken cancellationToken)
    {
        await using var input = process.StandardInput.BaseStream;
        if (feed is null) return;
        try
        {
            await feed(input, cancellationToken);
        }
        catch (IOException e) when (e is not (Storage.StorageException or FileNotFoundException))
        {
            // It reads no more: what it says and how it exits tell why.
        }
    }

    /// <summary>Keeps the end of what it says; the rest is read, so that it never waits for us.</summary>
    private static async Task<string> SaidAsync(Stream stream)
    {
        var kept = new byte[Kept * 2];
        var length = 0;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(kept.AsMemory(length))) > 0)
            {
                length += read;
                if (length < kept.Length) continue;
                kept.AsSpan(Kept).CopyTo(kept);
                length = Kept;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was killed.
        }

        return Encoding.UTF8.GetString(kept.AsSpan(Math.Max(0, length - Kept), Math.Min(length, Kept)));
    }

    private async Task EndAsync(Process process, Task said)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            // What it left running may hold its streams open for ever.
            await said.WaitAsync(Farewell, time);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException or TimeoutException)
        {
            // It ended by itself at this moment, or is waited for no longer.
        }
    }

    private static string Text(string format, long number) =>
        string.Format(CultureInfo.InvariantCulture, format, number);
}
