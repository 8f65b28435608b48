namespace Hawser.Relay.Linux;

/// <summary>A kernel pipe through which spliced bytes pass.</summary>
internal sealed class SplicePipe(int readEnd, int writeEnd)
{
    public int ReadEnd { get; } = readEnd;

    public int WriteEnd { get; } = writeEnd;

    /// <summary>Bytes in it.</summary>
    public int Held { get; set; }

    public void Close()
    {
        _ = Native.Close(ReadEnd);
        _ = Native.Close(WriteEnd);
    }
}

/// <summary>One loop's pipes: few idle ones, and a bound on all, because their pages are kernel memory.</summary>
/// <param name="smallest">Smaller pipes are not used.</param>
internal sealed unsafe class PipePool(int smallest = PipePool.SmallestSize)
{
    private const int WantedSize = 1024 * 1024;

    /// <summary>
    /// A smaller pipe (an unprivileged user over the soft limit gets two pages) is not worth its calls.
    /// </summary>
    internal const int SmallestSize = 64 * 1024;

    private const int MaxIdle = 64;
    private const int MaxOpen = 256;
    private readonly Stack<SplicePipe> _idle = new();
    private int _open;
    private bool _refused;
    private bool _used;

    /// <summary>Pipes that exist.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Takes a pipe, if one may be had; otherwise the bytes are copied.</summary>
    public SplicePipe? TryTake()
    {
        _used = true;
        if (_idle.TryPop(out var pipe)) return pipe;
        return _open < MaxOpen && !_refused ? Create() : null;
    }

    /// <summary>Gives a pipe back. One with bytes in it is closed.</summary>
    public void Return(SplicePipe pipe)
    {
        if (pipe.Held == 0 && _idle.Count < MaxIdle)
        {
            _idle.Push(pipe);
            return;
        }

        pipe.Close();
        _open--;
    }

    /// <summary>Closes idle pipes when none was used since the last call, and tries again for refused ones.</summary>
    public void Trim()
    {
        _refused = false;
        if (!_used) CloseIdle();
        _used = false;
    }

    /// <summary>Closes all idle pipes.</summary>
    public void CloseIdle()
    {
        while (_idle.TryPop(out var pipe))
        {
            pipe.Close();
            _open--;
        }
    }

    private SplicePipe? Create()
    {
        var ends = stackalloc int[2];
        if (Native.PipeCreate(ends, Native.NonBlocking | Native.CloseOnExec) != 0)
        {
            _refused = true;
            return null;
        }

        _ = Native.FileControl(ends[0], Native.SetPipeSize, WantedSize);
        var pipe = new SplicePipe(ends[0], ends[1]);
        if (Native.FileControl(ends[0], Native.GetPipeSize, 0) < smallest)
        {
            pipe.Close();
            _refused = true;
            return null;
        }

        _open++;
        return pipe;
    }
}
