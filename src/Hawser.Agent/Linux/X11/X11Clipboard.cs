using Hawser.Agent.Linux.Fuse;
using Hawser.Session.Clipboard;
using Hawser.Session.Desktop;

namespace Hawser.Agent.Linux.X11;

/// <summary>
/// The selection CLIPBOARD of an X server, on a connection of its own. XFixes tells of another owner; what we own
/// ourselves is never told, so that nothing echoes. The desk opens and closes it with its server.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="place">Where programs find what controllers have copied; null when they can't.</param>
internal sealed unsafe class X11Clipboard(TimeProvider time, PastePlace? place = null) : ClipboardDevice
{
    public const int LongestText = 16 * 1024 * 1024;
    public const int LargestPicture = 48 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private Connected? _now;
    private Task _showing = Task.CompletedTask;

    public override bool TakesFiles => place is { Trouble: "" };

    /// <summary>Begins; without a clipboard when the server does not have what it takes.</summary>
    public void Open(string? name)
    {
        Close();
        try
        {
            var now = new Connected(this, name, time);
            lock (_gate) _now = now;
        }
        catch (IOException)
        {
            // The desk finds out by itself when the server has gone.
        }
    }

    public void Close()
    {
        Connected? before;
        lock (_gate) (before, _now) = (_now, null);
        before?.Dispose();
    }

    public override void Set(ClipboardContent content)
    {
        if (content.IsEmpty) return;
        lock (_gate) _now?.Set(content);
    }

    public override void Read(Action<ClipboardContent> then)
    {
        lock (_gate) _now?.Read(then);
    }

    // Mounting takes its time, and one copy comes after another.
    public override void SetFiles(OfferedFiles files)
    {
        lock (_gate)
        {
            _showing = _showing.ContinueWith(_ => Show(files), CancellationToken.None, TaskContinuationOptions.None,
                TaskScheduler.Default);
        }
    }

    private void Show(OfferedFiles files)
    {
        if (place is null || files.Gone.IsCancellationRequested) return;
        try
        {
            var content = new ClipboardContent { Files = place.Show(files) };
            Set(content);
            _ = files.Gone.Register(() => _ = Task.Run(() => Withdraw(content)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // What was mounted at the start can't be now: the machine is short of something, and this copy is lost.
        }
    }

    private void Withdraw(ClipboardContent content)
    {
        lock (_gate) _now?.Withdraw(content);
    }

    // What is a controller's own, also when another program has taken the clipboard over, is not told back as ours.
    private ClipboardContent Ours(ClipboardContent content) => place is null || content.Files.Count == 0 ? content
        : content with { Files = [.. content.Files.Where(path => !place.Holds(path))] };

    private void Tell(ClipboardContent content, Action<ClipboardContent> then)
    {
        if (Ours(content) is { IsEmpty: false } ours) then(ours);
    }

    private sealed class Connected : IDisposable
    {
        private readonly X11Clipboard _clipboard;
        private readonly XConnection _server;
        private readonly nint _window;
        private readonly int _ownerEvent;
        private readonly XSelectionAtoms _atoms;
        private readonly XSelectionReader _reader;
        private readonly XSelectionOwner _owner;
        private readonly ITimer _deadline;
        private int _waitedFor;
        private bool _closed;

        public Connected(X11Clipboard clipboard, string? name, TimeProvider time)
        {
            _clipboard = clipboard;
            _server = new XConnection(name);
            lock (_server.Gate)
            {
                var display = _server.Display;
                int errors;
                fixed (int* events = &_ownerEvent) _ = Xlib.XFixesQueryExtension(display, events, &errors);
                _atoms = new XSelectionAtoms(display);
                _window = Xlib.XCreateSimpleWindow(display, _server.Root, -1, -1, 1, 1, 0, 0, 0);
                _ = Xlib.XSelectInput(display, _window, Xlib.PropertyChanges);
                Xlib.XFixesSelectSelectionInput(display, _window, _atoms.Clipboard, (nuint)Xlib.OwnerChanges);
                _reader = new XSelectionReader(display, _window, _atoms);
                _owner = new XSelectionOwner(display, _window, _atoms, time);
                _ = Xlib.XSync(display, 0);
            }

            _deadline = time.CreateTimer(_ => OnDeadline(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _server.Got = OnEvent;
            _server.Start();
        }

        public void Set(ClipboardContent content)
        {
            lock (_server.Gate)
            {
                if (_server.IsBroken) return;
                _owner.Offer(content);
                _server.Flush();
            }
        }

        public void Withdraw(ClipboardContent content)
        {
            lock (_server.Gate)
            {
                if (_server.IsBroken || !ReferenceEquals(_owner.Offered, content)) return;
                _owner.Withdraw();
                _server.Flush();
            }
        }

        public void Read(Action<ClipboardContent> then)
        {
            ClipboardContent? own;
            lock (_server.Gate)
            {
                if (_server.IsBroken) return;
                own = _owner.Offered;
                if (own is null) Begin(then);
                _server.Flush();
            }

            if (own is not null) _clipboard.Tell(own, then);
        }

        public void Dispose()
        {
            lock (_server.Gate) _closed = true;
            _deadline.Dispose();
            _server.Dispose();
        }

        private void Begin(Action<ClipboardContent> then)
        {
            _reader.Begin(content => _clipboard.Tell(content, then));
            Wait();
        }

        // Each step of reading has its own time.
        private void Wait()
        {
            if (!_reader.IsReading) return;
            _waitedFor = _reader.Step;
            _ = _deadline.Change(Patience, Timeout.InfiniteTimeSpan);
        }

        private void OnDeadline()
        {
            lock (_server.Gate)
            {
                if (_closed || _server.IsBroken || _reader.Step != _waitedFor) return;
                _reader.GiveUp();
                Wait();
                _server.Flush();
            }
        }

        // Under the connection's lock.
        private void OnEvent(nint got)
        {
            var one = (Xlib.SelectionEvent*)got;
            if (one->Type == _ownerEvent) OnOwner(one->Third);
            else
            {
                switch (one->Type)
                {
                    case Xlib.SelectionNotify:
                        _reader.OnAnswer(one);
                        break;
                    case Xlib.SelectionRequest:
                        _owner.OnRequest(one);
                        return;
                    case Xlib.SelectionClear:
                        // The owner's event says what follows from it.
                        return;
                    case Xlib.PropertyNotify:
                        OnProperty(one);
                        break;
                    default:
                        return;
                }
            }

            Wait();
        }

        private void OnOwner(nint owner)
        {
            if (owner == _window) return;
            _owner.OnLost();
            if (owner != 0 && _clipboard.IsWanted())
            {
                _reader.Begin(content => _clipboard.Tell(content, _clipboard.Changed));
            }
        }

        private void OnProperty(Xlib.SelectionEvent* one)
        {
            if (one->Window != _window)
            {
                if (one->State == Xlib.PropertyIsGone) _owner.OnTaken(one->Window, one->Second);
            }
            else if (one->State == Xlib.PropertyIsNew)
            {
                if (one->Second == _atoms.Clock) _owner.OnClock(one->Third);
                else _reader.OnProperty(one->Second);
            }
        }
    }
}
