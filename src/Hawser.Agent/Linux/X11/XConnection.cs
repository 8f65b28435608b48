using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// A connection to an X server, with a thread that sleeps until the server says something. Xlib is called under the
/// connection's lock only. A server that goes away is noticed, and does not take this program with it.
/// </summary>
internal sealed unsafe class XConnection : IDisposable
{
    private static readonly Lock Opening = new();
    private static bool _prepared;
    private static int _errors;
    private readonly byte* _event = (byte*)NativeMemory.AllocZeroed(Xlib.EventSize);
    private readonly GCHandle _self;
    private readonly int _wake;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _broken;
    private bool _started;
    private bool _disposed;
    private bool _heardElsewhere;

    /// <summary>Connects.</summary>
    /// <param name="name">Such as <c>:0</c>; null for the one of the environment.</param>
    /// <exception cref="IOException">There is no such server, or it does not let us in.</exception>
    public XConnection(string? name)
    {
        if (!Xlib.IsThere)
        {
            throw new IOException("a desktop needs libx11-6 libxext6 libxtst6 libxfixes3 libxdamage1 libxrandr2");
        }

        lock (Opening)
        {
            Prepare();
            Display = Xlib.XOpenDisplay(name);
        }

        if (Display == 0)
        {
            NativeMemory.Free(_event);
            throw new IOException($"the X server {name ?? "of the environment"} can't be reached");
        }

        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        Xlib.XSetIOErrorExitHandler(Display, &OnBroken, GCHandle.ToIntPtr(_self));
        Root = Xlib.XDefaultRootWindow(Display);
        _wake = Libc.eventfd(0, Libc.NonBlocking | Libc.CloseOnExec);
        _thread = new Thread(Watch) { IsBackground = true, Name = "x11" };
    }

    public Lock Gate { get; } = new();

    public nint Display { get; }

    public nint Root { get; }

    public bool IsBroken => _broken;

    /// <summary>Called for each event, under the lock; the first four bytes are its type.</summary>
    public Action<nint> Got { get; set; } = _ => { };

    /// <summary>Called without the lock when something was read, or the server has gone.</summary>
    public Action Woken { get; set; } = () => { };

    /// <summary>Requests that the server refused, in this process.</summary>
    public static int Errors => Volatile.Read(ref _errors);

    public void Start()
    {
        _started = true;
        // What answers have brought along so far is in Xlib's queue already, where nobody would be woken by it.
        Wake();
        _thread.Start();
    }

    /// <summary>Handles what has come in; under the lock.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Drain()
    {
        var any = false;
        while (!_broken && Xlib.XPending(Display) > 0 && !_broken)
        {
            _ = Xlib.XNextEvent(Display, _event);
            Got((nint)_event);
            any = true;
        }

        if (any && _started && !_disposed && Thread.CurrentThread != _thread)
        {
            _heardElsewhere = true;
            Wake();
        }

        return any;
    }

    /// <summary>
    /// Sends what was asked for; under the lock. Xlib reads when it sends: an answer that is quick would else lie in
    /// its queue until the server says something more.
    /// </summary>
    public void Flush()
    {
        _ = Xlib.XFlush(Display);
        Nudge();
    }

    /// <summary>Fails when the server has gone.</summary>
    /// <exception cref="IOException">It has.</exception>
    public void ThrowIfBroken()
    {
        if (_broken || _disposed) throw new IOException("the X server has gone");
    }

    /// <summary>Lets go; the thread that watches closes the connection, so that nobody waits for it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = _stopping = true;
        if (_started) Wake();
        else Close();
    }

    private static void Prepare()
    {
        if (_prepared) return;
        _prepared = true;
        _ = Xlib.XInitThreads();
        // Xlib's own handlers end the program.
        _ = Xlib.XSetErrorHandler(&OnError);
        _ = Xlib.XSetIOErrorHandler(&OnLost);
    }

    [UnmanagedCallersOnly]
    private static int OnError(nint display, byte* error)
    {
        Interlocked.Increment(ref _errors);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int OnLost(nint display) => 0;

    [UnmanagedCallersOnly]
    private static void OnBroken(nint display, nint data)
    {
        if (GCHandle.FromIntPtr(data).Target is XConnection connection) connection._broken = true;
    }

    /// <summary>Has the thread look at what an answer has brought along; under the lock, after asking.</summary>
    public void Nudge()
    {
        if (_started && !_disposed && Xlib.XEventsQueued(Display, 0) > 0) Wake();
    }

    private void Wake()
    {
        var one = 1L;
        _ = Libc.write(_wake, &one, 8);
    }

    private void Close()
    {
        lock (Gate)
        {
            _ = Libc.close(_wake);
            // A connection that broke has closed itself as far as it can.
            if (!_broken) _ = Xlib.XCloseDisplay(Display);
            NativeMemory.Free(_event);
            _self.Free();
        }
    }

    private void Watch()
    {
        var files = stackalloc Libc.Poll[2];
        files[0] = new Libc.Poll { File = Xlib.XConnectionNumber(Display), Wanted = Libc.PollIn };
        files[1] = new Libc.Poll { File = _wake, Wanted = Libc.PollIn };
        while (!_stopping)
        {
            // A server that has gone says nothing any more; only the end is waited for.
            _ = _broken ? Libc.poll(files + 1, 1, -1) : Libc.poll(files, 2, -1);
            if (_stopping) break;
            long count;
            if (files[1].Got != 0) _ = Libc.read(_wake, &count, 8);
            bool any;
            lock (Gate)
            {
                any = Drain() || _heardElsewhere;
                _heardElsewhere = false;
            }

            if (any || _broken) Woken();
        }

        Close();
    }
}
