using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.X11;

/// <summary>What it takes to give a display another size.</summary>
internal static unsafe partial class Xlib
{
    [LibraryImport(Randr)] public static partial Resources* XRRGetScreenResourcesCurrent(nint display, nint window);
    [LibraryImport(Randr)] public static partial void XRRFreeScreenResources(Resources* resources);
    [LibraryImport(Randr)]
    public static partial Output* XRRGetOutputInfo(nint display, Resources* resources, nint output);
    [LibraryImport(Randr)] public static partial void XRRFreeOutputInfo(Output* output);
    [LibraryImport(Randr)] public static partial Crtc* XRRGetCrtcInfo(nint display, Resources* resources, nint crtc);
    [LibraryImport(Randr)] public static partial void XRRFreeCrtcInfo(Crtc* crtc);
    [LibraryImport(Randr)]
    public static partial int XRRSetCrtcConfig(
        nint display, Resources* resources, nint crtc, nint time, int x, int y, nint mode, ushort rotation,
        nint* outputs, int count);
    [LibraryImport(Randr)]
    public static partial void XRRSetScreenSize(
        nint display, nint window, int width, int height, int millimetresWide, int millimetresHigh);
    [LibraryImport(X)] public static partial int XGrabServer(nint display);
    [LibraryImport(X)] public static partial int XUngrabServer(nint display);

    public struct Resources
    {
        public nint Time;
        public nint ConfigTime;
        public int CrtcCount;
        public nint* Crtcs;
        public int OutputCount;
        public nint* Outputs;
        public int ModeCount;
        public Mode* Modes;
    }

    public struct Mode
    {
        public nint Id;
        public uint Width;
        public uint Height;
        public nint DotClock;
        public uint SyncStart;
        public uint SyncEnd;
        public uint Total;
        public uint Skew;
        public uint SyncStartDown;
        public uint SyncEndDown;
        public uint TotalDown;
        public byte* Name;
        public uint NameLength;
        public nint Flags;
    }

    public struct Output
    {
        public nint Time;
        public nint Crtc;
        public byte* Name;
        public int NameLength;
        public nint MillimetresWide;
        public nint MillimetresHigh;
        public ushort Connection;
        public ushort Order;
        public int CrtcCount;
        public nint* Crtcs;
        public int CloneCount;
        public nint* Clones;
        public int ModeCount;
        public int PreferredCount;
        public nint* Modes;
    }

    public struct Crtc
    {
        public nint Time;
        public int X;
        public int Y;
        public uint Width;
        public uint Height;
        public nint Mode;
        public ushort Rotation;
        public int OutputCount;
        public nint* Outputs;
    }
}
