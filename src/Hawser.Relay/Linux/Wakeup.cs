namespace Hawser.Relay.Linux;

/// <summary>Wakes a thread that waits for descriptors. Raising it twice before it is lowered costs nothing.</summary>
internal sealed unsafe class Wakeup : IDisposable
{
    private readonly Lock _gate = new();
    private int _raised;
    private bool _closed;

    public Wakeup()
    {
        Descriptor = Native.EventCreate(0, Native.CloseOnExec | Native.NonBlocking);
        if (Descriptor < 0) throw new InvalidOperationException($"eventfd failed with error {Native.LastError}.");
    }

    public int Descriptor { get; }

    /// <summary>Wakes the thread. Any thread.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref _raised, 1) != 0) return;
        lock (_gate)
        {
            // A closed number may already be another file.
            if (_closed) return;
            ulong one = 1;
            _ = Native.Write(Descriptor, &one, sizeof(ulong));
        }
    }

    /// <summary>Makes it ready to be raised again. Before looking for what it was raised for.</summary>
    public void Lower()
    {
        ulong count;
        _ = Native.Read(Descriptor, &count, sizeof(ulong));
        Interlocked.Exchange(ref _raised, 0);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            _ = Native.Close(Descriptor);
        }
    }
}
