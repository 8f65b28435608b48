using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.X11;

/// <summary>What a clipboard needs of Xlib: atoms, properties, selections.</summary>
internal static unsafe partial class Xlib
{
    public const int PropertyNotify = 28;
    public const int SelectionClear = 29;
    public const int SelectionRequest = 30;
    public const int SelectionNotify = 31;
    public const int PropertyIsNew = 0;
    public const int PropertyIsGone = 1;
    public const nint PropertyChanges = 1 << 22;
    public const nint OwnerChanges = 1;
    public const int Replace = 0;
    public const int Append = 2;
    public const nint AtomAtom = 4;
    public const nint IntegerAtom = 19;

    [LibraryImport(X, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint XInternAtom(nint display, string name, int onlyIfExists);
    [LibraryImport(X)]
    public static partial nint XCreateSimpleWindow(
        nint display, nint parent, int x, int y, uint width, uint height, uint border, nuint edge, nuint ground);
    [LibraryImport(X)] public static partial int XSelectInput(nint display, nint window, nint mask);
    [LibraryImport(X)]
    public static partial int XConvertSelection(
        nint display, nint selection, nint target, nint property, nint requestor, nint time);
    [LibraryImport(X)]
    public static partial int XSetSelectionOwner(nint display, nint selection, nint owner, nint time);
    [LibraryImport(X)] public static partial nint XGetSelectionOwner(nint display, nint selection);
    [LibraryImport(X)]
    public static partial int XGetWindowProperty(
        nint display, nint window, nint property, nint offset, nint length, int delete, nint wanted, nint* type,
        int* format, nuint* count, nuint* after, byte** data);
    [LibraryImport(X)]
    public static partial int XChangeProperty(
        nint display, nint window, nint property, nint type, int format, int mode, void* data, int count);
    [LibraryImport(X)] public static partial int XDeleteProperty(nint display, nint window, nint property);
    [LibraryImport(X)]
    public static partial int XSendEvent(nint display, nint window, int propagate, nint mask, void* sent);
    [LibraryImport(Fixes)]
    public static partial void XFixesSelectSelectionInput(nint display, nint window, nint selection, nuint mask);

    /// <summary>An event of a selection or a property, whichever it is; the names are those of a request.</summary>
    [StructLayout(LayoutKind.Explicit, Size = EventSize)]
    public struct SelectionEvent
    {
        [FieldOffset(0)] public int Type;
        [FieldOffset(16)] public int IsSent;
        [FieldOffset(24)] public nint Display;

        /// <summary>Request: owner. Notify: requestor. Clear, property and XFixes: window.</summary>
        [FieldOffset(32)] public nint Window;

        /// <summary>Request: requestor. Notify and clear: selection. Property: atom.</summary>
        [FieldOffset(40)] public nint Second;

        /// <summary>Request: selection. Notify: target. Clear and property: time. XFixes: owner.</summary>
        [FieldOffset(48)] public nint Third;

        /// <summary>Request: target. Notify: property. Property: state. XFixes: selection.</summary>
        [FieldOffset(56)] public nint Fourth;

        /// <summary>Request: property. Notify: time.</summary>
        [FieldOffset(64)] public nint Fifth;

        /// <summary>Request: time.</summary>
        [FieldOffset(72)] public nint Sixth;

        /// <summary>Property: new or gone.</summary>
        public readonly int State => (int)Fourth;
    }
}
