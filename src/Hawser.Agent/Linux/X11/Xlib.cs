using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.X11;

/// <summary>What a desk needs of Xlib and its extensions. Structures are those of 64-bit Linux.</summary>
internal static unsafe partial class Xlib
{
    public const int ZPixmap = 2;
    public const int MappingNotify = 34;
    public const int EventSize = 192;
    public const uint LockMask = 2;
    public const int RootChanges = 7;
    public const int StructureChanges = 1 << 17;
    public const int ConfigureNotify = 22;
    public const int CursorChanges = 1;
    public const int DamageNonEmpty = 3;
    private const string X = "libX11.so.6";
    private const string Ext = "libXext.so.6";
    private const string Tst = "libXtst.so.6";
    private const string Fixes = "libXfixes.so.3";
    private const string DamageLib = "libXdamage.so.1";
    private const string Randr = "libXrandr.so.2";

    public static bool IsThere { get; } = new[] { X, Ext, Tst, Fixes, DamageLib, Randr }
        .All(name => NativeLibrary.TryLoad(name, out _));

    [LibraryImport(X)] public static partial int XInitThreads();
    [LibraryImport(X, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint XOpenDisplay(string? name);
    [LibraryImport(X)] public static partial int XCloseDisplay(nint display);
    [LibraryImport(X)] public static partial int XConnectionNumber(nint display);
    [LibraryImport(X)] public static partial nint XDefaultRootWindow(nint display);
    [LibraryImport(X)] public static partial int XDefaultScreen(nint display);
    [LibraryImport(X)] public static partial nint XDefaultVisual(nint display, int screen);
    [LibraryImport(X)] public static partial int XDefaultDepth(nint display, int screen);
    [LibraryImport(X)] public static partial int XPending(nint display);
    [LibraryImport(X)] public static partial int XNextEvent(nint display, void* got);
    [LibraryImport(X)] public static partial int XSync(nint display, int discard);
    [LibraryImport(X)] public static partial int XFlush(nint display);
    [LibraryImport(X)] public static partial int XFree(void* data);
    [LibraryImport(X)] public static partial int XDestroyImage(byte* image);
    [LibraryImport(X)]
    public static partial byte* XGetImage(
        nint display, nint from, int x, int y, uint width, uint height, nuint planes, int format);
    [LibraryImport(X)]
    public static partial int XQueryPointer(
        nint display, nint window, nint* root, nint* child, int* rootX, int* rootY, int* x, int* y, uint* mask);
    [LibraryImport(X)] public static partial int XQueryKeymap(nint display, byte* keys);
    [LibraryImport(X)] public static partial int XDisplayKeycodes(nint display, int* least, int* most);
    [LibraryImport(X)]
    public static partial nuint* XGetKeyboardMapping(nint display, byte first, int count, int* each);
    [LibraryImport(X)]
    public static partial int XChangeKeyboardMapping(nint display, int first, int each, nuint* symbols, int count);
    [LibraryImport(X)] public static partial ModifierMap* XGetModifierMapping(nint display);
    [LibraryImport(X)] public static partial int XFreeModifiermap(ModifierMap* map);
    [LibraryImport(X)] public static partial nint XSetErrorHandler(delegate* unmanaged<nint, byte*, int> handler);
    [LibraryImport(X)] public static partial nint XSetIOErrorHandler(delegate* unmanaged<nint, int> handler);
    [LibraryImport(X)]
    public static partial void XSetIOErrorExitHandler(
        nint display, delegate* unmanaged<nint, nint, void> handler, nint data);
    [LibraryImport(Ext)] public static partial int XShmQueryExtension(nint display);
    [LibraryImport(Ext)]
    public static partial byte* XShmCreateImage(
        nint display, nint visual, uint depth, int format, nint data, Segment* segment, uint width, uint height);
    [LibraryImport(Ext)] public static partial int XShmAttach(nint display, Segment* segment);
    [LibraryImport(Ext)] public static partial int XShmDetach(nint display, Segment* segment);
    [LibraryImport(Ext)]
    public static partial int XShmGetImage(nint display, nint from, byte* image, int x, int y, nuint planes);
    [LibraryImport(Tst)]
    public static partial int XTestQueryExtension(nint display, int* events, int* errors, int* major, int* minor);
    [LibraryImport(Tst)]
    public static partial int XTestFakeMotionEvent(nint display, int screen, int x, int y, nuint delay);
    [LibraryImport(Tst)]
    public static partial int XTestFakeRelativeMotionEvent(nint display, int x, int y, nuint delay);
    [LibraryImport(Tst)]
    public static partial int XTestFakeButtonEvent(nint display, uint button, int down, nuint delay);
    [LibraryImport(Tst)] public static partial int XTestFakeKeyEvent(nint display, uint key, int down, nuint delay);
    [LibraryImport(Tst)] public static partial int XTestGrabControl(nint display, int impervious);
    [LibraryImport(Fixes)] public static partial int XFixesQueryExtension(nint display, int* events, int* errors);
    [LibraryImport(Fixes)]
    public static partial void XFixesSelectCursorInput(nint display, nint window, nuint mask);
    [LibraryImport(Fixes)] public static partial CursorImage* XFixesGetCursorImage(nint display);
    [LibraryImport(Fixes)] public static partial nint XFixesCreateRegion(nint display, void* areas, int count);
    [LibraryImport(Fixes)] public static partial void XFixesDestroyRegion(nint display, nint region);
    [LibraryImport(Fixes)] public static partial Area* XFixesFetchRegion(nint display, nint region, int* count);
    [LibraryImport(DamageLib)] public static partial int XDamageQueryExtension(nint display, int* events, int* errors);
    [LibraryImport(DamageLib)] public static partial nint XDamageCreate(nint display, nint drawable, int level);
    [LibraryImport(DamageLib)]
    public static partial void XDamageSubtract(nint display, nint damage, nint repair, nint parts);
    [LibraryImport(Randr)] public static partial int XRRQueryExtension(nint display, int* events, int* errors);
    [LibraryImport(Randr)] public static partial void XRRSelectInput(nint display, nint window, int mask);
    [LibraryImport(Randr)] public static partial int XRRUpdateConfiguration(void* got);
    [LibraryImport(Randr)]
    public static partial Monitor* XRRGetMonitors(nint display, nint root, int active, int* count);
    [LibraryImport(Randr)] public static partial void XRRFreeMonitors(Monitor* monitors);
    [LibraryImport(X)] public static partial byte* XGetAtomName(nint display, nint atom);
    [LibraryImport("libc", SetLastError = true)] public static partial int shmget(int key, nuint size, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial nint shmat(int id, nint where, int flags);
    [LibraryImport("libc")] public static partial int shmdt(nint where);
    [LibraryImport("libc")] public static partial int shmctl(int id, int command, void* data);

    [LibraryImport(X)] public static partial int XEventsQueued(nint display, int mode);

    public struct Segment
    {
        public nuint Name;
        public int Id;
        public nint Address;
        public int ReadOnly;
    }

    public struct ModifierMap
    {
        public int KeysEach;
        public byte* Keys;
    }

    public struct CursorImage
    {
        public short X;
        public short Y;
        public ushort Width;
        public ushort Height;
        public ushort HotX;
        public ushort HotY;
        public nuint Serial;
        public nuint* Pixels;
    }

    public struct Area
    {
        public short X;
        public short Y;
        public ushort Width;
        public ushort Height;
    }

    public struct Monitor
    {
        public nint Name;
        public int Primary;
        public int Automatic;
        public int OutputCount;
        public int X;
        public int Y;
        public int Width;
        public int Height;
        public int WidthInMillimetres;
        public int HeightInMillimetres;
        public nint Outputs;
    }
}
