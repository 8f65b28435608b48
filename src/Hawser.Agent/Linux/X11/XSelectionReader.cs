using System.Buffers;
using System.Text;
using Hawser.Session.Clipboard;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// Reads the clipboard from whoever owns it (ICCCM §2.4, §2.7): first which forms there are, then each that we know,
/// whole or in pieces. One step at a time, all under the connection's lock; an owner that does not answer costs that
/// form, and what is larger than anybody takes is left out.
/// </summary>
internal sealed unsafe class XSelectionReader(nint display, nint window, XSelectionAtoms atoms)
{
    private const int MostForms = 256;
    private const int MostPaths = 1000;
    private readonly Queue<nint[]> _left = new();
    private readonly Dictionary<nint, byte[]> _found = [];
    private HashSet<nint> _offered = [];
    private ArrayBufferWriter<byte>? _pieces;
    private Action<ClipboardContent>? _then;
    private nint _asked;
    private nint _property;
    private int _round;

    /// <summary>Whether somebody is being waited for.</summary>
    public bool IsReading => _then is not null;

    /// <summary>Counts the steps, so that a deadline knows its own.</summary>
    public int Step => _round;

    /// <summary>Begins anew; what was being read before is forgotten.</summary>
    public void Begin(Action<ClipboardContent> then)
    {
        _left.Clear();
        _found.Clear();
        _offered = [];
        _then = then;
        Ask(atoms.Targets);
    }

    /// <summary>The owner does not answer: on without this form.</summary>
    public void GiveUp()
    {
        if (IsReading) Next();
    }

    /// <summary>The owner has answered.</summary>
    public void OnAnswer(Xlib.SelectionEvent* answer)
    {
        var ours = IsReading && answer->Second == atoms.Clipboard && answer->Third == _asked;
        if (!ours || _pieces is not null) return;
        if (answer->Fourth != _property)
        {
            // It does not have that after all.
            if (answer->Fourth == 0) Next();
            return;
        }

        if (TakeProperty(out var type, ClipboardLimit) is not { } bytes) Next();
        else if (type == atoms.Incremental) _pieces = new ArrayBufferWriter<byte>();
        else Found(bytes);
    }

    /// <summary>A property of our window is new: the next piece, maybe.</summary>
    public void OnProperty(nint property)
    {
        if (!IsReading || _pieces is null || property != _property) return;
        if (TakeProperty(out _, ClipboardLimit - _pieces.WrittenCount) is not { } piece) Next();
        else if (piece.Length == 0) Found(_pieces.WrittenSpan.ToArray());
        else _pieces.Write(piece);
    }

    private int ClipboardLimit => _asked == atoms.Png[0] ? X11Clipboard.LargestPicture : X11Clipboard.LongestText;

    private void Ask(nint target)
    {
        _asked = target;
        _pieces = null;
        _property = atoms.Properties[++_round % atoms.Properties.Length];
        _ = Xlib.XDeleteProperty(display, window, _property);
        _ = Xlib.XConvertSelection(display, atoms.Clipboard, target, _property, window, 0);
    }

    private void Found(byte[] bytes)
    {
        if (_asked == atoms.Targets) OnTargets(bytes);
        else _found[_asked] = bytes;
        Next();
    }

    private void OnTargets(byte[] bytes)
    {
        // Atoms are longs here, whatever they are on the wire.
        var forms = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, nint>(bytes);
        _offered = [.. forms[..Math.Min(forms.Length, MostForms)]];
        foreach (var form in new[] { atoms.Text, atoms.Html, atoms.Rtf, atoms.Png, atoms.Svg, atoms.Files })
        {
            if (form.Any(_offered.Contains)) _left.Enqueue(form);
        }
    }

    private void Next()
    {
        _pieces = null;
        if (_left.TryDequeue(out var form))
        {
            Ask(form.First(_offered.Contains));
            return;
        }

        var then = _then;
        (_then, _asked) = (null, 0);
        var content = new ClipboardContent
        {
            Text = TextOf(atoms.Text),
            Html = TextOf(atoms.Html),
            Rtf = TextOf(atoms.Rtf),
            Svg = TextOf(atoms.Svg),
            Files = PathsOf(TextOf(atoms.Files)),
            Png = atoms.Png.Select(a => _found.GetValueOrDefault(a)).FirstOrDefault(f => f is not null),
        };
        _found.Clear();
        if (!content.IsEmpty) then?.Invoke(content);
    }

    // RFC 2483: a line each, remarks begin with '#'. What is on another machine is not ours to give.
    private static string[] PathsOf(string list) =>
    [
        .. list.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Uri.TryCreate(line, UriKind.Absolute, out var uri) && uri is { IsFile: true, IsUnc: false }
                ? uri.LocalPath : "")
            .Where(path => path.Length > 1).Take(MostPaths),
    ];

    private string TextOf(nint[] forms)
    {
        foreach (var form in forms)
        {
            if (_found.GetValueOrDefault(form) is not { } bytes) continue;
            var text = form == atoms.Latin1 ? Encoding.Latin1.GetString(bytes)
                // Some browsers hand out HTML in sixteen bits.
                : bytes is [0xff, 0xfe, ..] ? Encoding.Unicode.GetString(bytes.AsSpan(2))
                : Encoding.UTF8.GetString(bytes);
            return text.TrimEnd('\0');
        }

        return "";
    }

    // Null when it is not there or too large.
    private byte[]? TakeProperty(out nint type, int limit)
    {
        nint found;
        int format;
        nuint count, after;
        byte* data = null;
        var failed = Xlib.XGetWindowProperty(display, window, _property, 0, (limit + 3) / 4, 1, 0, &found, &format,
            &count, &after, &data);
        type = found;
        if (failed != 0 || data is null) return null;
        var size = format == 32 ? count * 8 : format == 16 ? count * 2 : count;
        // What is left behind would be taken for the next piece.
        if (after != 0) _ = Xlib.XDeleteProperty(display, window, _property);
        var bytes = after == 0 && found != 0 ? new ReadOnlySpan<byte>(data, checked((int)size)).ToArray() : null;
        _ = Xlib.XFree(data);
        return bytes;
    }
}
