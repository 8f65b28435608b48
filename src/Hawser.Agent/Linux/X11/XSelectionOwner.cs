using System.Text;
using Hawser.Session.Clipboard;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// Owns the clipboard on behalf of a controller (ICCCM §2.1, §2.2, §2.7): gives whoever pastes what it asks for, in
/// pieces when it is large. All under the connection's lock.
/// </summary>
internal sealed unsafe class XSelectionOwner(nint display, nint window, XSelectionAtoms atoms, TimeProvider time)
{
    private const int Piece = 128 * 1024;
    private const int MostTransfers = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Dictionary<nint, byte[]> _offers = [];
    private readonly List<Transfer> _transfers = [];
    private nint _since;

    /// <summary>What is offered; null when somebody else owns the clipboard.</summary>
    public ClipboardContent? Offered { get; private set; }

    /// <summary>Becomes the owner, as soon as the server has said what time it is.</summary>
    public void Offer(ClipboardContent content)
    {
        Offered = content;
        _offers.Clear();
        Add(atoms.Text, content.Text);
        Add(atoms.Html, content.Html);
        Add(atoms.Rtf, content.Rtf);
        Add(atoms.Svg, content.Svg);
        if (!content.Png.IsEmpty) _offers[atoms.Png[0]] = content.Png.ToArray();
        var uris = content.Files.Select(AddressOf).ToArray();
        Add(atoms.Files, string.Concat(uris.Select(uri => uri + "\r\n")));
        if (uris.Length > 0) Add(atoms.CopiedFiles, $"copy\n{string.Join('\n', uris)}");
        _ = Xlib.XChangeProperty(display, window, atoms.Clock, Xlib.IntegerAtom, 32, Xlib.Append, null, 0);
    }

    /// <summary>The time of the server.</summary>
    public void OnClock(nint now)
    {
        if (Offered is null) return;
        _since = now;
        _ = Xlib.XSetSelectionOwner(display, atoms.Clipboard, window, now);
    }

    /// <summary>Somebody else has copied something.</summary>
    public void OnLost()
    {
        Offered = null;
        _offers.Clear();
    }

    /// <summary>Offers nothing any more.</summary>
    public void Withdraw()
    {
        if (Offered is null) return;
        OnLost();
        _ = Xlib.XSetSelectionOwner(display, atoms.Clipboard, 0, _since);
    }

    /// <summary>Somebody pastes.</summary>
    public void OnRequest(Xlib.SelectionEvent* request)
    {
        var (requestor, target) = (request->Second, request->Fourth);
        // Very old programs leave the choice to us.
        var property = request->Fifth != 0 ? request->Fifth : target;
        var done = request->Third == atoms.Clipboard && TryAnswer(requestor, target, property);
        Xlib.SelectionEvent answer = default;
        answer.Type = Xlib.SelectionNotify;
        answer.IsSent = 1;
        answer.Display = display;
        answer.Window = requestor;
        answer.Second = request->Third;
        answer.Third = target;
        answer.Fourth = done ? property : 0;
        answer.Fifth = request->Sixth;
        _ = Xlib.XSendEvent(display, requestor, 0, 0, &answer);
    }

    /// <summary>Somebody has taken a piece.</summary>
    public void OnTaken(nint requestor, nint property)
    {
        var transfer = _transfers.Find(t => t.Requestor == requestor && t.Property == property);
        if (transfer is null) return;
        var length = Math.Min(Piece, transfer.Data.Length - transfer.Sent);
        Put(requestor, property, transfer.Type, transfer.Data.AsSpan(transfer.Sent, length));
        transfer.Sent += length;
        transfer.Moved = time.GetTimestamp();
        // An empty piece was the end.
        if (length == 0) Forget(transfer);
    }

    private static string AddressOf(string path) =>
        "file://" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private void Add(nint[] forms, string text)
    {
        if (text.Length == 0) return;
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var form in forms) _offers[form] = form == atoms.Latin1 ? Encoding.Latin1.GetBytes(text) : bytes;
    }

    private bool TryAnswer(nint requestor, nint target, nint property)
    {
        if (Offered is null) return false;
        if (target == atoms.Targets)
        {
            nint[] all = [atoms.Targets, atoms.Timestamp, .. _offers.Keys];
            fixed (nint* first = all)
            {
                _ = Xlib.XChangeProperty(
                    display, requestor, property, Xlib.AtomAtom, 32, Xlib.Replace, first, all.Length);
            }

            return true;
        }

        if (target == atoms.Timestamp)
        {
            var since = _since;
            _ = Xlib.XChangeProperty(display, requestor, property, Xlib.IntegerAtom, 32, Xlib.Replace, &since, 1);
            return true;
        }

        if (!_offers.TryGetValue(target, out var data)) return false;
        if (data.Length <= Piece) Put(requestor, property, target, data);
        else Begin(new Transfer(requestor, property, target, data) { Moved = time.GetTimestamp() });
        return true;
    }

    private void Begin(Transfer transfer)
    {
        foreach (var stale in _transfers.Where(t => time.GetElapsedTime(t.Moved) > Patience).ToArray()) Forget(stale);
        if (_transfers.Count >= MostTransfers) Forget(_transfers[0]);
        _transfers.Add(transfer);
        _ = Xlib.XSelectInput(display, transfer.Requestor, Xlib.PropertyChanges);
        var size = (nint)transfer.Data.Length;
        _ = Xlib.XChangeProperty(
            display, transfer.Requestor, transfer.Property, atoms.Incremental, 32, Xlib.Replace, &size, 1);
    }

    private void Forget(Transfer transfer)
    {
        _ = _transfers.Remove(transfer);
        if (_transfers.Exists(t => t.Requestor == transfer.Requestor)) return;
        _ = Xlib.XSelectInput(display, transfer.Requestor, 0);
    }

    private void Put(nint requestor, nint property, nint type, ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data)
        {
            _ = Xlib.XChangeProperty(display, requestor, property, type, 8, Xlib.Replace, first, data.Length);
        }
    }

    private sealed class Transfer(nint requestor, nint property, nint type, byte[] data)
    {
        public nint Requestor => requestor;

        public nint Property => property;

        public nint Type => type;

        public byte[] Data => data;

        public int Sent { get; set; }

        public long Moved { get; set; }
    }
}
