using System.Text;

namespace Hawser.Session.Terminal;

/// <summary>
/// One shell that outlives the connections that look at it: its output goes to whoever is attached, and the last of it
/// is kept for who comes next.
/// </summary>
internal sealed class HostTerminal : IAsyncDisposable
{
    private const int Chunk = 4096;
    private const int Kept = 1024 * 1024;
    private const int Replayed = 8192;

    private readonly Shell _shell;
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _history = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pumping;
    private int _size;
    private Viewer? _viewer;

    public HostTerminal(Shell shell, int id)
    {
        _shell = shell;
        Id = id;
        _pumping = PumpAsync();
    }

    /// <summary>The number that the controller knows it by; may change when another one comes back.</summary>
    public int Id { get; set; }

    public int ProcessId => _shell.ProcessId;

    public bool HasEnded => _shell.Exited.IsCompleted;

    public bool TryWrite(ReadOnlySpan<byte> bytes) => _shell.TryWrite(bytes);

    public void Resize(uint rows, uint columns) => _shell.Resize(Sane(rows), Sane(columns));

    /// <summary>
    /// Shows the output to somebody from now on. What was shown last is given first, before anything new can follow.
    /// </summary>
    public void Attach(Viewer viewer, Action<byte[]> first)
    {
        lock (_gate)
        {
            _viewer = viewer;
            var all = _history.SelectMany(b => b).ToArray();
            var from = Math.Max(0, all.Length - Replayed);
            // Not in the middle of a letter.
            while (from < all.Length && (all[from] & 0xC0) == 0x80) from++;
            first(all[from..]);
        }
    }

    /// <summary>Stops showing, if it is still this one who looks.</summary>
    public void Detach(object owner)
    {
        lock (_gate)
        {
            if (_viewer?.Owner == owner) _viewer = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _shell.DisposeAsync();
        await _pumping;
        _stop.Dispose();
    }

    /// <summary>A size that a terminal can have.</summary>
    public static int Sane(uint size) => (int)Math.Clamp(size, 1, 1000);

    private async Task PumpAsync()
    {
        await Task.Yield();
        var buffer = new byte[Chunk];
        var held = 0;
        try
        {
            while (true)
            {
                var got = await _shell.ReadAsync(buffer.AsMemory(held), _stop.Token);
                var count = held + got;
                var whole = got == 0 ? count : WholeLetters(buffer.AsSpan(0, count));
                if (whole > 0) await ShowAsync(buffer[..whole]);
                if (got == 0) break;
                held = count - whole;
                buffer.AsSpan(whole, held).CopyTo(buffer);
            }

            var code = await _shell.Exited.WaitAsync(_stop.Token);
            Viewer? viewer;
            lock (_gate) viewer = _viewer;
            if (viewer is { } last) await last.Ended(this, code);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Killed.
        }
        finally
        {
            await _shell.DisposeAsync();
        }
    }

    private async Task ShowAsync(byte[] output)
    {
        Viewer? viewer;
        lock (_gate)
        {
            _history.Enqueue(output);
            _size += output.Length;
            while (_size > Kept) _size -= _history.Dequeue().Length;
            viewer = _viewer;
        }

        if (viewer is not { } there) return;
        try
        {
            // Waits for a slow viewer, and with that the program: that is how terminals work.
            await there.Show(this, output);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Detach(there.Owner);
        }
    }

    // Everything but the beginning of a letter whose rest has not come yet.
    private static int WholeLetters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) == 0x80) continue;
            if (b < 0xC0) break;
            var status = Rune.DecodeFromUtf8(bytes[^back..], out _, out _);
            return status == System.Buffers.OperationStatus.NeedMoreData ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    /// <summary>Who looks at a terminal.</summary>
    internal sealed record Viewer(
        object Owner, Func<HostTerminal, byte[], Task> Show, Func<HostTerminal, int, Task> Ended);
}
