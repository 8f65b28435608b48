using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Hawser.Server.Tests.Program;

/// <summary>The real executable as a child process.</summary>
internal sealed class HawserProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private string? _terminal;

    private HawserProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public string Output => Joined(_output);

    public string Errors => Joined(_errors);

    public bool HasExited => _process.HasExited;

    public static HawserProcess Start(string folder, params string[] arguments) => StartProgram(folder, Program, arguments);

    /// <summary>Bound by file permissions even when the tests run as root.</summary>
    public static HawserProcess StartWithoutPrivileges(string folder, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? StartProgram(folder, "setpriv", ["--bounding-set=-all", "--inh-caps=-all", Program, .. arguments])
            : Start(folder, arguments);

    /// <summary>With a terminal for input and output. Its number is in the file <c>pid</c> of the folder.</summary>
    public static HawserProcess StartOnTerminal(string folder, params string[] arguments)
    {
        var command = $"echo $$ >pid; exec {Program} {string.Join(' ', arguments)}";
        var terminal = StartProgram(folder, "script", ["-qefc", command, "/dev/null"]);
        terminal._terminal = Path.Combine(folder, "pid");
        return terminal;
    }

    /// <summary>Ends what runs on the terminal, and the terminal with it.</summary>
    public async Task EndOnTerminalAsync()
    {
        _ = kill(int.Parse(await File.ReadAllTextAsync(_terminal!), CultureInfo.InvariantCulture), 15);
        await ExitAsync();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "hawser");

    private static HawserProcess StartProgram(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            // Servers that run at the same time would all want the same one.
            Environment = { ["HAWSER_RECORDER_PORT"] = "0" },
        };
        var process = Process.Start(start)!;
        var hawser = new HawserProcess(process);
        process.OutputDataReceived += (_, e) => Add(hawser._output, e.Data);
        process.ErrorDataReceived += (_, e) => Add(hawser._errors, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return hawser;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string folder, params string[] arguments)
    {
        await using var hawser = Start(folder, arguments);
        return (await hawser.ExitAsync(), hawser.Output, hawser.Errors);
    }

    public async Task ReadyAsync()
    {
        await TestRig.Eventually.HoldsAsync(() => Output.Contains("is ready.") || HasExited, "the server is ready", 60);
        if (HasExited) throw new InvalidOperationException(Errors);
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public void Signal(int signal) => _ = kill(Id, signal);

    public async ValueTask DisposeAsync()
    {
        // What runs on a terminal does not end with it: a hang-up means something else to it.
        if (_terminal is not null && !_process.HasExited && File.Exists(_terminal))
        {
            _ = kill(int.Parse(await File.ReadAllTextAsync(_terminal), CultureInfo.InvariantCulture), 9);
        }

        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static void Add(List<string> lines, string? line)
    {
        lock (lines) lines.Add(line ?? "");
    }

    private static string Joined(List<string> lines)
    {
        lock (lines) return string.Join('\n', lines);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
