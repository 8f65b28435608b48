using System.Runtime.InteropServices;
using Hawser.Agent.Linux.Fuse;
using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// The desktop of an X server. It need not be there when the agent starts, and may go and come back: whoever asks for
/// the displays finds it again.
/// </summary>
/// <param name="name">Such as <c>:0</c>; null for the environment's, or else the first that lets us in.</param>
/// <param name="time">The clock.</param>
/// <param name="place">Where programs find what controllers have copied; the desk's own.</param>
internal sealed class X11Desk(string? name, TimeProvider time, PastePlace? place = null) : Desk
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly X11Clipboard _clipboard = new(time, place);
    private XConnection? _server;
    private X11Input? _input;
    private string? _found;
    private XResizer? _resizer;
    private DisplayInfo[] _displays = [];
    private nint[] _outputs = [];
    private CursorShape? _cursor;
    private long? _tried;
    private readonly int[] _events = new int[2];
    private bool _layoutIsOld;
    private bool _cursorIsOld;
    private bool _disposed;

    public override IReadOnlyList<DisplayInfo> Displays
    {
        get
        {
            lock (_gate) return TryConnect() ? _displays : [];
        }
    }

    public override CursorShape? Cursor
    {
        get
        {
            lock (_gate) return _cursor;
        }
    }

    public override ClipboardDevice Clipboard => _clipboard;

    /// <summary>Which X server it is; null for the environment's.</summary>
    public string? Name
    {
        get
        {
            lock (_gate) return _found ?? name;
        }
    }

    /// <summary>Why there is no desktop; empty while there is one.</summary>
    public string Trouble { get; private set; } = "";

    public override InputDevice? Input
    {
        get
        {
            lock (_gate) return TryConnect() ? _input : null;
        }
    }

    public override unsafe (int X, int Y)? Pointer
    {
        get
        {
            lock (_gate)
            {
                if (_server is not { IsBroken: false } server) return null;
                lock (server.Gate)
                {
                    nint root, child;
                    int x, y, windowX, windowY;
                    uint mask;
                    var here = Xlib.XQueryPointer(
                        server.Display, server.Root, &root, &child, &x, &y, &windowX, &windowY, &mask);
                    server.Nudge();
                    return here == 0 ? null : (x, y);
                }
            }
        }
    }

    public override Screen Open(int display)
    {
        lock (_gate)
        {
            if (!TryConnect()) throw new IOException(Trouble);
            if (display < 0 || display >= _displays.Length) throw new IOException("there is no such display");
            return new X11Screen(_found, _displays[display]);
        }
    }

    public override SupportedResolutions ResolutionsOf(int display)
    {
        var sizes = new SupportedResolutions();
        _ = With(display, (resizer, output) =>
        {
            sizes.Resolutions.AddRange(resizer.SizesOf(output));
            return true;
        });
        return sizes;
    }

    public override bool TryResize(int display, int width, int height) =>
        With(display, (resizer, output) => resizer.TryResize(output, width, height));

    public override void RestoreSizes() => _ = With(0, (resizer, _) =>
    {
        resizer.Restore();
        return true;
    });

    public override ValueTask DisposeAsync()
    {
        lock (_gate) _disposed = true;
        Close();
        place?.Dispose();
        return base.DisposeAsync();
    }

    // Displays of this machine, when nobody says which: their sockets.
    private static IEnumerable<string> Local()
    {
        const string folder = "/tmp/.X11-unix";
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFileSystemEntries(folder, "X*").Select(p => Path.GetFileName(p)[1..])
            .Where(n => int.TryParse(n, out _)).OrderBy(int.Parse).Select(n => ":" + n);
    }

    private bool TryConnect()
    {
        if (_server is { IsBroken: false }) return true;
        if (_disposed || (_tried is { } tried && time.GetElapsedTime(tried) < BetweenTries)) return false;
        _tried = time.GetTimestamp();
        Close();
        var tries = name is not null ? [name] : Local().Prepend(null);
        foreach (var one in tries)
        {
            try
            {
                Connect(one);
                (_found, Trouble) = (one, "");
                return true;
            }
            catch (IOException e)
            {
                Close();
                Trouble = e.Message;
            }
        }

        return false;
    }

    private unsafe void Connect(string? display)
    {
        var server = _server = new XConnection(display);
        _resizer = new XResizer(server);
        lock (server.Gate)
        {
            int errors;
            fixed (int* layout = _events)
            {
                var has = Xlib.XRRQueryExtension(server.Display, layout, &errors) != 0
                    && Xlib.XFixesQueryExtension(server.Display, layout + 1, &errors) != 0;
                if (!has) throw new IOException("the X server needs the extensions RANDR and XFIXES");
            }

            Xlib.XRRSelectInput(server.Display, server.Root, Xlib.RootChanges);
            // Monitors that somebody made of parts of a screen are told of as a change of the root window only.
            _ = Xlib.XSelectInput(server.Display, server.Root, Xlib.StructureChanges);
            Xlib.XFixesSelectCursorInput(server.Display, server.Root, Xlib.CursorChanges);
            (_displays, _outputs) = ReadLayout(server);
            _cursor = ReadCursor(server);
            server.Flush();
        }

        _input = X11Input.TryOpen(display);
        server.Got = OnEvent;
        server.Woken = () => OnWoken(server);
        server.Start();
        _clipboard.Open(display);
    }

    private void Close()
    {
        XConnection? server;
        lock (_gate)
        {
            (server, _server) = (_server, null);
            _input?.Dispose();
            _input = null;
            (_displays, _outputs, _resizer) = ([], [], null);
            _cursor = null;
            _clipboard.Close();
        }

        server?.Dispose();
    }

    // Under the connection's lock.
    private unsafe void OnEvent(nint got)
    {
        var type = *(int*)got;
        if (type == _events[0] || type == _events[0] + 1 || type == Xlib.ConfigureNotify)
        {
            _ = Xlib.XRRUpdateConfiguration((void*)got);
            _layoutIsOld = true;
        }

        if (type == _events[1] + 1) _cursorIsOld = true;
    }

    private void OnWoken(XConnection server)
    {
        if (server.IsBroken)
        {
            OnLayoutChanged();
            return;
        }

        (DisplayInfo[] Displays, nint[] Outputs)? layout = null;
        CursorShape? cursor = null;
        lock (server.Gate)
        {
            if (_layoutIsOld) layout = ReadLayout(server);
            if (_cursorIsOld) cursor = ReadCursor(server);
            (_layoutIsOld, _cursorIsOld) = (false, false);
            // What happened while that was asked for came along with the answers.
            server.Nudge();
        }

        var (moved, changed) = (false, false);
        lock (_gate)
        {
            if (_server != server) return;
            if (layout is { } now)
            {
                moved = !now.Displays.SequenceEqual(_displays);
                (_displays, _outputs) = now;
            }

            if (cursor is not null && cursor.Id != _cursor?.Id) (_cursor, changed) = (cursor, true);
        }

        if (moved) OnLayoutChanged();
        if (changed) OnCursorChanged();
    }

    private bool With(int display, Func<XResizer, nint, bool> work)
    {
        lock (_gate)
        {
            if (_server is not { IsBroken: false } server || _resizer is not { } resizer) return false;
            if (display < 0 || display >= _outputs.Length || _outputs[display] == 0) return false;
            lock (server.Gate)
            {
                var done = work(resizer, _outputs[display]);
                server.Nudge();
                return done;
            }
        }
    }

    private unsafe (DisplayInfo[] Displays, nint[] Outputs) ReadLayout(XConnection server)
    {
        int count;
        var monitors = Xlib.XRRGetMonitors(server.Display, server.Root, 1, &count);
        if (monitors is null || count < 1) throw new IOException("the X server has no active display");
        List<(bool Primary, DisplayInfo Info, nint Output)> found = [];
        for (var i = 0; i < count; i++)
        {
            var monitor = monitors[i];
            var label = Xlib.XGetAtomName(server.Display, monitor.Name);
            var text = Marshal.PtrToStringUTF8((nint)label) ?? $"display {i}";
            if (label is not null) _ = Xlib.XFree(label);
            var output = monitor.OutputCount > 0 ? *(nint*)monitor.Outputs : 0;
            var size = new Resolution { Width = monitor.Width, Height = monitor.Height };
            found.Add((monitor.Primary != 0, new DisplayInfo
            {
                X = monitor.X,
                Y = monitor.Y,
                Width = monitor.Width,
                Height = monitor.Height,
                Name = text,
                Online = true,
                Scale = 1,
                OriginalResolution = _resizer?.Before(output) ?? size,
            }, output));
        }

        Xlib.XRRFreeMonitors(monitors);
        var ordered = found.OrderByDescending(f => f.Primary).ToArray();
        return ([.. ordered.Select(f => f.Info)], [.. ordered.Select(f => f.Output)]);
    }

    private static unsafe CursorShape? ReadCursor(XConnection server)
    {
        var image = Xlib.XFixesGetCursorImage(server.Display);
        if (image is null) return null;
        var count = image->Width * image->Height;
        var colors = new byte[count * 4];
        var id = 14695981039346656037UL;
        for (var i = 0; i < count; i++)
        {
            var pixel = (uint)image->Pixels[i];
            var alpha = pixel >> 24;
            // X multiplies colours with their opacity; the protocol does not.
            byte Straight(int shift) =>
                alpha == 0 ? (byte)0 : (byte)Math.Min(255, (pixel >> shift & 0xff) * 255 / alpha);
            (colors[i * 4], colors[i * 4 + 1]) = (Straight(16), Straight(8));
            (colors[i * 4 + 2], colors[i * 4 + 3]) = (Straight(0), (byte)alpha);
            id = (id ^ pixel) * 1099511628211;
        }

        id = (id ^ image->HotX ^ ((ulong)image->HotY << 16) ^ ((ulong)image->Width << 32)) * 1099511628211;
        var shape = new CursorShape(id, image->HotX, image->HotY, image->Width, image->Height, colors);
        _ = Xlib.XFree(image);
        return shape.Width > 0 && shape.Height > 0 ? shape : null;
    }
}
