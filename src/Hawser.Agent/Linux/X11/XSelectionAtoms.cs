namespace Hawser.Agent.Linux.X11;

/// <summary>The names that a clipboard deals in (ICCCM §2).</summary>
internal sealed class XSelectionAtoms
{
    private const int Slots = 16;

    public XSelectionAtoms(nint display)
    {
        nint Atom(string name) => Xlib.XInternAtom(display, name, 0);
        Clipboard = Atom("CLIPBOARD");
        Targets = Atom("TARGETS");
        Timestamp = Atom("TIMESTAMP");
        Incremental = Atom("INCR");
        Clock = Atom("HAWSER_CLOCK");
        Utf8 = Atom("UTF8_STRING");
        Latin1 = Atom("STRING");
        Text = [Utf8, Atom("text/plain;charset=utf-8"), Atom("text/plain"), Latin1];
        Html = [Atom("text/html")];
        Rtf = [Atom("text/rtf"), Atom("application/rtf"), Atom("text/richtext")];
        Svg = [Atom("image/svg+xml")];
        Png = [Atom("image/png")];
        Files = [Atom("text/uri-list")];
        CopiedFiles = [Atom("x-special/gnome-copied-files"), Atom("x-special/mate-copied-files")];
        Properties = [.. Enumerable.Range(0, Slots).Select(i => Atom($"HAWSER_CLIPBOARD_{i}"))];
    }

    public nint Clipboard { get; }

    public nint Targets { get; }

    public nint Timestamp { get; }

    public nint Incremental { get; }

    public nint Clock { get; }

    public nint Utf8 { get; }

    public nint Latin1 { get; }

    // The best first.
    public nint[] Text { get; }

    public nint[] Html { get; }

    public nint[] Rtf { get; }

    public nint[] Svg { get; }

    public nint[] Png { get; }

    public nint[] Files { get; }

    /// <summary>How file managers say whether it was copied or cut.</summary>
    public nint[] CopiedFiles { get; }

    /// <summary>Where others put what was asked for: another each time: late answers are not mixed up.</summary>
    public nint[] Properties { get; }
}
