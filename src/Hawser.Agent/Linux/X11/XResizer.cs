using Hawser.Protocol.Messages;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// Gives outputs other modes (RandR 1.2), and remembers which they had before. All under the connection's lock.
/// </summary>
internal sealed unsafe class XResizer(XConnection server)
{
    private const int MostSizes = 64;
    private const double PixelsEachMillimetre = 96 / 25.4;
    private readonly Dictionary<nint, (nint Mode, Resolution Size)> _before = [];

    /// <summary>What an output had before anybody changed it; null when nobody did.</summary>
    public Resolution? Before(nint output) => _before.TryGetValue(output, out var had) ? had.Size : null;

    /// <summary>The sizes that an output can have, the largest first.</summary>
    public IReadOnlyList<Resolution> SizesOf(nint output)
    {
        List<Resolution> sizes = [];
        With(output, (resources, info) =>
        {
            for (var i = 0; i < info->ModeCount; i++)
            {
                if (Find(resources, info->Modes[i]) is not { } mode) continue;
                var size = new Resolution { Width = (int)mode.Width, Height = (int)mode.Height };
                if (!sizes.Contains(size) && sizes.Count < MostSizes) sizes.Add(size);
            }

            return true;
        });
        return [.. sizes.OrderByDescending(s => (long)s.Width * s.Height)];
    }

    /// <summary>Gives an output the first of its modes that has a size.</summary>
    public bool TryResize(nint output, int width, int height) => With(output, (resources, info) =>
    {
        for (var i = 0; i < info->ModeCount; i++)
        {
            var mode = Find(resources, info->Modes[i]);
            if (mode is { } found && found.Width == width && found.Height == height)
            {
                return TryApply(resources, info->Crtc, output, found);
            }
        }

        return false;
    });

    /// <summary>Gives all outputs back what they had.</summary>
    public void Restore()
    {
        foreach (var (output, (mode, _)) in _before.ToArray())
        {
            _ = With(output, (resources, info) =>
                Find(resources, mode) is { } found && TryApply(resources, info->Crtc, output, found));
            _before.Remove(output);
        }
    }

    private static Xlib.Mode? Find(Xlib.Resources* resources, nint id)
    {
        for (var i = 0; i < resources->ModeCount; i++)
        {
            if (resources->Modes[i].Id == id) return resources->Modes[i];
        }

        return null;
    }

    private delegate bool Work(Xlib.Resources* resources, Xlib.Output* info);

    private bool With(nint output, Work work)
    {
        var resources = Xlib.XRRGetScreenResourcesCurrent(server.Display, server.Root);
        if (resources is null) return false;
        var info = Xlib.XRRGetOutputInfo(server.Display, resources, output);
        try
        {
            return info is not null && info->Crtc != 0 && work(resources, info);
        }
        finally
        {
            if (info is not null) Xlib.XRRFreeOutputInfo(info);
            Xlib.XRRFreeScreenResources(resources);
        }
    }

    private bool TryApply(Xlib.Resources* resources, nint crtc, nint output, Xlib.Mode mode)
    {
        var now = Xlib.XRRGetCrtcInfo(server.Display, resources, crtc);
        if (now is null) return false;
        try
        {
            if (now->Mode == mode.Id) return true;
            var had = (now->Mode, new Resolution { Width = (int)now->Width, Height = (int)now->Height });
            // Sideways, width and height change places.
            var turned = (now->Rotation & 0b1010) != 0;
            var (width, height) = turned ? ((int)mode.Height, (int)mode.Width) : ((int)mode.Width, (int)mode.Height);
            var (right, bottom) = Others(resources, crtc);
            var (newRight, newBottom) = (Math.Max(right, now->X + width), Math.Max(bottom, now->Y + height));
            var (oldRight, oldBottom) =
                (Math.Max(right, now->X + (int)now->Width), Math.Max(bottom, now->Y + (int)now->Height));
            // Nobody sees what is in between: the whole must hold the old one and the new one while it changes.
            _ = Xlib.XGrabServer(server.Display);
            SetWhole(Math.Max(newRight, oldRight), Math.Max(newBottom, oldBottom));
            var failed = Xlib.XRRSetCrtcConfig(server.Display, resources, crtc, 0, now->X, now->Y, mode.Id,
                now->Rotation, now->Outputs, now->OutputCount);
            if (failed == 0) SetWhole(newRight, newBottom);
            else SetWhole(oldRight, oldBottom);
            _ = Xlib.XUngrabServer(server.Display);
            _ = Xlib.XSync(server.Display, 0);
            if (failed == 0) _before.TryAdd(output, had);
            return failed == 0;
        }
        finally
        {
            Xlib.XRRFreeCrtcInfo(now);
        }
    }

    private void SetWhole(int width, int height) => Xlib.XRRSetScreenSize(
        server.Display, server.Root, width, height, (int)(width / PixelsEachMillimetre),
        (int)(height / PixelsEachMillimetre));

    private (int Right, int Bottom) Others(Xlib.Resources* resources, nint except)
    {
        var (right, bottom) = (0, 0);
        for (var i = 0; i < resources->CrtcCount; i++)
        {
            if (resources->Crtcs[i] == except) continue;
            var other = Xlib.XRRGetCrtcInfo(server.Display, resources, resources->Crtcs[i]);
            if (other is null) continue;
            if (other->Mode != 0)
            {
                right = Math.Max(right, other->X + (int)other->Width);
                bottom = Math.Max(bottom, other->Y + (int)other->Height);
            }

            Xlib.XRRFreeCrtcInfo(other);
        }

        return (right, bottom);
    }
}
