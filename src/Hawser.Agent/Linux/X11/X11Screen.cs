using Hawser.Protocol.Messages;
using Hawser.Session.Video;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// One display of an X server. XDamage says when something was drawn, once until the next picture is taken: a still
/// screen sends nothing and costs nothing. The picture comes through shared memory where the server allows it.
/// </summary>
internal sealed unsafe class X11Screen : Session.Desktop.Screen
{
    private static readonly nuint AllPlanes = nuint.MaxValue;
    private const int PrivateKey = 0;
    private const int CreateForOwner = 0x200 | 0x180;
    private const int Remove = 0;
    private readonly XConnection _server;
    private readonly (int X, int Y, int Width, int Height) _area;
    private readonly nint _damage;
    private readonly nint _region;
    private readonly int _damageEvent;
    private byte* _image;
    private Xlib.Segment* _segment;
    private Picture? _picture;
    private bool _changed = true;
    private bool _disposed;

    public X11Screen(string? name, DisplayInfo display)
    {
        _area = (display.X, display.Y, display.Width, display.Height);
        _server = new XConnection(name);
        try
        {
            lock (_server.Gate)
            {
                int errors;
                fixed (int* damageEvent = &_damageEvent)
                {
                    if (Xlib.XDamageQueryExtension(_server.Display, damageEvent, &errors) == 0)
                    {
                        throw new IOException("the X server has no DAMAGE extension");
                    }
                }

                int fixesEvent;
                _ = Xlib.XFixesQueryExtension(_server.Display, &fixesEvent, &errors);
                _damage = Xlib.XDamageCreate(_server.Display, _server.Root, Xlib.DamageNonEmpty);
                _region = Xlib.XFixesCreateRegion(_server.Display, null, 0);
                MakeImage();
                _server.Flush();
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _server.Got = OnEvent;
        _server.Woken = OnWoken;
        _server.Start();
    }

    public override bool TakeChange()
    {
        lock (_server.Gate)
        {
            if (!_changed) return false;
            _changed = false;
            if (_server.IsBroken) return true;
            // From here on the server tells of the next change again.
            Xlib.XDamageSubtract(_server.Display, _damage, 0, _region);
            var here = IsHere();
            // It tells once: word of what changed meanwhile may have come with the answer.
            _server.Nudge();
            return here;
        }
    }

    public override Picture Grab()
    {
        lock (_server.Gate)
        {
            _server.ThrowIfBroken();
            var before = XConnection.Errors;
            var picture = _segment is null ? GrabSlowly() : GrabShared();
            _ = _server.Drain();
            _server.ThrowIfBroken();
            if (picture is null || XConnection.Errors != before) throw new IOException("the display has changed");
            return picture;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        lock (_server.Gate) FreeImage();
        _server.Dispose();
    }

    private void OnEvent(nint got)
    {
        if (*(int*)got == _damageEvent) _changed = true;
    }

    private void OnWoken()
    {
        if (_server.IsBroken) _changed = true;
        if (_changed) OnChanged();
    }

    // Whether what was drawn is on this display at all.
    private bool IsHere()
    {
        int count;
        var areas = Xlib.XFixesFetchRegion(_server.Display, _region, &count);
        if (areas is null) return true;
        var here = count == 0;
        for (var i = 0; i < count && !here; i++)
        {
            here = areas[i].X < _area.X + _area.Width && areas[i].X + areas[i].Width > _area.X
                && areas[i].Y < _area.Y + _area.Height && areas[i].Y + areas[i].Height > _area.Y;
        }

        _ = Xlib.XFree(areas);
        return here;
    }

    private Picture? GrabShared()
    {
        var done = Xlib.XShmGetImage(_server.Display, _server.Root, _image, _area.X, _area.Y, AllPlanes);
        return done == 0 ? null : _picture;
    }

    private Picture? GrabSlowly()
    {
        if (_image is not null) _ = Xlib.XDestroyImage(_image);
        _image = Xlib.XGetImage(_server.Display, _server.Root, _area.X, _area.Y, (uint)_area.Width,
            (uint)_area.Height, AllPlanes, Xlib.ZPixmap);
        return _image is null ? null : Wrap();
    }

    private void MakeImage()
    {
        if (Xlib.XShmQueryExtension(_server.Display) == 0) return;
        var screen = Xlib.XDefaultScreen(_server.Display);
        _segment = (Xlib.Segment*)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)sizeof(Xlib.Segment));
        _image = Xlib.XShmCreateImage(
            _server.Display, Xlib.XDefaultVisual(_server.Display, screen),
            (uint)Xlib.XDefaultDepth(_server.Display, screen), Xlib.ZPixmap, 0, _segment, (uint)_area.Width,
            (uint)_area.Height);
        if (_image is null || !TryShare())
        {
            // A server of another user or another machine: the slow way, over the connection.
            FreeImage();
            return;
        }

        _picture = Wrap();
    }

    private bool TryShare()
    {
        var size = (nuint)((long)Stride * _area.Height);
        _segment->Id = Xlib.shmget(PrivateKey, size, CreateForOwner);
        if (_segment->Id < 0) return false;
        _segment->Address = Xlib.shmat(_segment->Id, 0, 0);
        var before = XConnection.Errors;
        if (_segment->Address != -1)
        {
            *(nint*)(_image + 16) = _segment->Address;
            _ = Xlib.XShmAttach(_server.Display, _segment);
            _ = Xlib.XSync(_server.Display, 0);
        }

        // It lives on until both have let go of it, however this program ends.
        _ = Xlib.shmctl(_segment->Id, Remove, null);
        if (_segment->Address != -1 && XConnection.Errors == before) return true;
        if (_segment->Address != -1) _ = Xlib.shmdt(_segment->Address);
        *(nint*)(_image + 16) = 0;
        _segment->Address = 0;
        return false;
    }

    private int Stride => *(int*)(_image + 44);

    private Picture Wrap()
    {
        var (bits, red) = (*(int*)(_image + 48), *(nuint*)(_image + 56));
        var known = bits == 32 && red == 0xff0000;
        if (!known) throw new IOException($"a screen of {bits} bits is not supported; one of depth 24 is");
        return new Picture(*(nint*)(_image + 16), Stride, _area.Width, _area.Height);
    }

    private void FreeImage()
    {
        if (_segment is not null)
        {
            if (_segment->Address is not 0 and not -1)
            {
                if (!_server.IsBroken) _ = Xlib.XShmDetach(_server.Display, _segment);
                if (!_server.IsBroken) _ = Xlib.XSync(_server.Display, 0);
                if (_image is not null) *(nint*)(_image + 16) = 0;
                _ = Xlib.shmdt(_segment->Address);
            }

            System.Runtime.InteropServices.NativeMemory.Free(_segment);
            _segment = null;
        }

        if (_image is not null) _ = Xlib.XDestroyImage(_image);
        _image = null;
    }
}
