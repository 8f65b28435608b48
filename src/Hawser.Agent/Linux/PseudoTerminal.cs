using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Hawser.Session.Terminal;

namespace Hawser.Agent.Linux;

/// <summary>
/// A shell on a pseudo terminal. One thread waits for everything: output, room for input, the shell's end. Output that
/// nobody takes stops the reading, and with that the program, as a slow terminal does.
/// </summary>
internal sealed class PseudoTerminal : Shell
{
    private const int Room = 4096;
    private const int MostInput = 1024 * 1024;

    private readonly int _master;
    private readonly int _wake;
    private readonly int _process;
    private readonly Pipe _output = new(
        new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 16 * 1024));
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _input = new();
    private Task<FlushResult>? _flushing;
    private int _inputSize;
    private int _inputAt;
    private bool _ending;
    private bool _isClosed;

    private PseudoTerminal(int master, int wake, int pid, int process)
    {
        _master = master;
        _wake = wake;
        ProcessId = pid;
        _process = process;
        new Thread(Run) { IsBackground = true, Name = $"terminal {pid}" }.Start();
    }

    public override int ProcessId { get; }

    public override Task<int> Exited => _exited.Task;

    /// <summary>Starts a login shell.</summary>
    public static unsafe PseudoTerminal Start(string shell, string home, string user, int rows, int columns)
    {
        var master = Checked(Libc.posix_openpt(
            Libc.ReadWrite | Libc.NoControllingTerminal | Libc.CloseOnExec | Libc.NonBlocking));
        int wake = -1, pid = 0;
        try
        {
            Checked(Libc.grantpt(master));
            Checked(Libc.unlockpt(master));
            var name = stackalloc byte[128];
            if (Libc.ptsname_r(master, name, 128) != 0) throw new IOException("no name of the terminal");
            SetSize(master, rows, columns);
            wake = Checked(Libc.eventfd(0, Libc.CloseOnExec | Libc.NonBlocking));
            pid = Spawn(shell, Marshal.PtrToStringUTF8((nint)name)!, home, user);
            return new PseudoTerminal(master, wake, pid, Checked(Libc.OpenProcess(pid)));
        }
        catch
        {
            if (pid > 0)
            {
                _ = Libc.kill(pid, Libc.Kill);
                _ = Libc.waitpid(pid, null, 0);
            }

            if (wake >= 0) _ = Libc.close(wake);
            _ = Libc.close(master);
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var result = await _output.Reader.ReadAsync(cancellation);
        var count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var part = result.Buffer.Slice(0, count);
        System.Buffers.BuffersExtensions.CopyTo(part, buffer.Span);
        _output.Reader.AdvanceTo(part.End);
        return count;
    }

    public override bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed || bytes.IsEmpty) return true;
            if (_inputSize + bytes.Length > MostInput) return false;
            _input.Enqueue(bytes.ToArray());
            _inputSize += bytes.Length;
            Wake();
            return true;
        }
    }

    public override void Resize(int rows, int columns)
    {
        lock (_gate)
        {
            if (!_isClosed) SetSize(_master, rows, columns);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _ending = true;
            if (!_isClosed) Wake();
        }

        await _closed.Task;
    }

    private static int Checked(int result) => result >= 0 ? result
        : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    private static unsafe void SetSize(int master, int rows, int columns)
    {
        var size = new Libc.WindowSize { Rows = (ushort)rows, Columns = (ushort)columns };
        _ = Libc.ioctl(master, Libc.SetWindowSize, &size);
    }

    // The first terminal that a new session opens becomes its own: that is what makes Ctrl+C work.
    private static unsafe int Spawn(string shell, string terminal, string home, string user)
    {
        var actions = stackalloc byte[256];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[256];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        using var arguments = new TextList(["-" + Path.GetFileName(shell)]);
        // A login's environment, not the agent's.
        using var environment = new TextList([
            $"HOME={home}", $"USER={user}", $"LOGNAME={user}", $"SHELL={shell}", "TERM=xterm-256color", "LANG=C.UTF-8",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
        try
        {
            _ = Libc.posix_spawn_file_actions_addopen(actions, 0, terminal, Libc.ReadWrite, 0);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, 0, 1);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, 0, 2);
            if (Directory.Exists(home)) _ = Libc.posix_spawn_file_actions_addchdir_np(actions, home);
            _ = Libc.posix_spawnattr_setflags(attributes,
                Libc.SpawnSetSession | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask);
            _ = Libc.sigemptyset(signals);
            _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
            _ = Libc.sigfillset(signals);
            _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
            int pid;
            var error = Libc.posix_spawn(&pid, shell, actions, attributes, arguments.Pointer, environment.Pointer);
            if (error != 0) throw new IOException($"{shell}: {Marshal.GetPInvokeErrorMessage(error)}");
            return pid;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private unsafe void Wake()
    {
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
    }

    private unsafe void Run()
    {
        var files = stackalloc Libc.Poll[3];
        var buffer = stackalloc byte[Room];
        var exited = false;
        while (true)
        {
            var before = exited;
            var paused = _flushing is { IsCompleted: false };
            var wanted = (short)((paused ? 0 : Libc.PollIn) | (HasInput() ? Libc.PollOut : 0));
            // Nothing wanted of it: a closed terminal would otherwise be reported again and again.
            files[0] = new Libc.Poll { File = wanted == 0 ? -1 : _master, Wanted = wanted };
            files[1] = new Libc.Poll { File = _wake, Wanted = Libc.PollIn };
            files[2] = new Libc.Poll { File = exited ? -1 : _process, Wanted = Libc.PollIn };
            var got = Libc.poll(files, 3, exited && !paused ? 0 : -1);
            if (got < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted) break;
            if (got < 0) continue;
            if (files[1].Got != 0) _ = Libc.read(_wake, buffer, sizeof(ulong));
            if (_ending) break;
            exited |= files[2].Got != 0;
            if ((files[0].Got & Libc.PollOut) != 0) Feed();
            var readable = (files[0].Got & ~Libc.PollOut) != 0;
            if (readable && !Take(buffer))
            {
                if (!exited) WaitForEnd(files + 2);
                break;
            }

            // Looked once more after the end: the last words may have come between two looks.
            if (before && !readable && !paused) break;
        }

        var code = End();
        _output.Writer.Complete();
        _exited.TrySetResult(code);
        _closed.TrySetResult();
    }

    // The terminal is gone, so the shell is about to be: nothing else is left to wait for.
    private static unsafe void WaitForEnd(Libc.Poll* process)
    {
        while (Libc.poll(process, 1, 5000) < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
        {
            // Once more.
        }
    }

    private bool HasInput()
    {
        lock (_gate) return _input.Count > 0;
    }

    private unsafe bool Take(byte* buffer)
    {
        var count = Libc.read(_master, buffer, Room);
        if (count <= 0) return count < 0 && Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted;
        new ReadOnlySpan<byte>(buffer, (int)count).CopyTo(_output.Writer.GetSpan((int)count));
        _output.Writer.Advance((int)count);
        var flush = _output.Writer.FlushAsync();
        _flushing = null;
        if (flush.IsCompleted) return true;
        _flushing = flush.AsTask();
        _ = _flushing.ContinueWith(_ => WakeIfOpen(), TaskScheduler.Default);
        return true;
    }

    private void WakeIfOpen()
    {
        lock (_gate)
        {
            if (!_isClosed) Wake();
        }
    }

    private unsafe void Feed()
    {
        lock (_gate)
        {
            while (_input.TryPeek(out var first))
            {
                nint count;
                fixed (byte* bytes = first)
                {
                    count = Libc.write(_master, bytes + _inputAt, (nuint)(first.Length - _inputAt));
                }

                if (count <= 0) return;
                _inputAt += (int)count;
                _inputSize -= (int)count;
                if (_inputAt < first.Length) return;
                _input.Dequeue();
                _inputAt = 0;
            }
        }
    }

    private unsafe int End()
    {
        int status = 0;
        lock (_gate)
        {
            _isClosed = true;
            _ = Libc.kill(-ProcessId, Libc.Hangup);
            _ = Libc.close(_master);
            if (_ending) _ = Libc.kill(ProcessId, Libc.Kill);
            _ = Libc.close(_wake);
        }

        while (Libc.waitpid(ProcessId, &status, 0) < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
        {
            // Once more.
        }

        _ = Libc.close(_process);
        return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
    }
}
