using System.Diagnostics;
using System.Text;

namespace Hawser.TestRig;

/// <summary>A program beside the tests, run as its users run it, with a home of its own.</summary>
public sealed class ProgramRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ProgramRun(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Add(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Add(_errors, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it printed so far.</summary>
    public string Output => Text(_output);

    /// <summary>What it complained of so far.</summary>
    public string Errors => Text(_errors);

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its name; it is beside the tests.</param>
    /// <param name="home">The folder that it keeps its settings in.</param>
    /// <param name="input">What it reads; the end of the input comes after it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The program, running.</returns>
    public static ProgramRun Start(string program, string home, string input, params string[] arguments)
    {
        var path = Path.IsPathRooted(program) ? program : Path.Combine(AppContext.BaseDirectory, program);
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = home,
            Environment = { ["XDG_CONFIG_HOME"] = home, ["HOME"] = home },
        };
        var run = new ProgramRun(Process.Start(start)!);
        run._process.StandardInput.Write(input);
        run._process.StandardInput.Close();
        return run;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="home">The folder that it keeps its settings in.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code and what it said.</returns>
    public static async Task<(int Code, string Output, string Errors)> ToEndAsync(
        string program, string home, string input, params string[] arguments)
    {
        await using var run = Start(program, home, input, arguments);
        return (await run.ExitAsync(), run.Output, run.Errors);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void Add(StringBuilder to, string? line)
    {
        if (line is null) return;
        lock (to) to.AppendLine(line);
    }

    private static string Text(StringBuilder from)
    {
        lock (from) return from.ToString();
    }
}
