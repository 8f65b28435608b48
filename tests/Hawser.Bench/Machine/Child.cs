using System.Diagnostics;
using System.Text;

namespace Hawser.Bench.Machine;

/// <summary>
/// A program that the bench started. All are started from the main thread and die with it: Linux sends the parent's
/// death signal when the thread that started a child ends, so a pool thread must never start one.
/// </summary>
internal sealed class Child : IDisposable
{
    private static readonly List<Child> Running = [];
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private Child(Process process) => _process = process;

    /// <summary>The wrapper that makes children die with their parent; empty until it is built.</summary>
    public static string Keeper { get; set; } = "";

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public string Errors
    {
        get { lock (_errors) return _errors.ToString(); }
    }

    public static Child Start(string file, IEnumerable<string> args, string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(Keeper.Length > 0 ? Keeper : file)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        if (Keeper.Length > 0) info.ArgumentList.Add(file);
        foreach (var arg in args) info.ArgumentList.Add(arg);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) info.Environment[name] = value;
        var child = new Child(Process.Start(info)!);
        child._process.OutputDataReceived += (_, e) => Append(child._output, e.Data);
        child._process.ErrorDataReceived += (_, e) => Append(child._errors, e.Data);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        Running.Add(child);
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static string Run(string file, IEnumerable<string> args, string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        using var child = Start(file, args, folder, environment);
        return child.Finish();
    }

    /// <summary>Waits for the end; an exit code other than 0 is an error with the last lines written.</summary>
    public string Finish()
    {
        _process.WaitForExit();
        string text;
        lock (_output) text = _output.ToString();
        if (_process.ExitCode == 0) return text;
        var last = string.Join('\n', (text + Errors).Split('\n').TakeLast(12));
        throw new InvalidOperationException($"{_process.StartInfo.ArgumentList.FirstOrDefault()} ended with "
            + $"{_process.ExitCode}: {last}");
    }

    /// <summary>Asks it to stop, and makes it after five seconds.</summary>
    public void Stop()
    {
        if (!_process.HasExited) Signal(15);
        if (!_process.WaitForExit(5000)) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        Running.Remove(this);
    }

    /// <summary>Stops it without asking.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        Running.Remove(this);
    }

    public static void StopAll()
    {
        foreach (var child in Running.ToArray()) child.Stop();
    }

    public void Dispose()
    {
        Stop();
        _process.Dispose();
    }

    private void Signal(int number)
    {
        using var kill = Process.Start("kill", [$"-{number}", $"{Pid}"]);
        kill.WaitForExit();
    }

    private static void Append(StringBuilder to, string? line)
    {
        if (line is null) return;
        lock (to)
        {
            if (to.Length < 1 << 20) to.AppendLine(line);
        }
    }
}
