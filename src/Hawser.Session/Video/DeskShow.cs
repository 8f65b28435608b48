using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;

namespace Hawser.Session.Video;

/// <summary>A host's desk as all its sessions see it: one stream a display, the layout, the pointer.</summary>
internal sealed class DeskShow : IAsyncDisposable
{
    private static readonly TimeSpan PointerPeriod = TimeSpan.FromMilliseconds(33);
    private static readonly TimeSpan OwnMove = TimeSpan.FromMilliseconds(300);
    private readonly TimeProvider _time;
    private readonly PictureTap? _tap;
    private readonly RateControl _rate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, VideoStream> _streams = [];
    private readonly Dictionary<VideoWatcher, PointerView> _watchers = [];
    private readonly SemaphoreSlim _pointing = new(0, 1);
    private readonly HashSet<Task> _shots = [];
    private readonly Task _pointer;

    public DeskShow(Desk desk, TimeProvider time, PictureTap? tap = null)
    {
        (Desk, _time, _tap) = (desk, time, tap);
        desk.LayoutChanged = OnLayout;
        desk.CursorChanged = OnCursor;
        _pointer = Task.Run(PointAsync);
    }

    public Desk Desk { get; }

    /// <summary>How many pictures were packed, of all displays.</summary>
    public long Packed
    {
        get
        {
            lock (_gate) return _streams.Values.Sum(s => s.Packed);
        }
    }

    public int Watchers
    {
        get
        {
            lock (_gate) return _watchers.Count;
        }
    }

    public void Join(VideoWatcher watcher, bool adapts)
    {
        lock (_gate)
        {
            _rate.Adapts = adapts;
            _watchers.Add(watcher, new PointerView());
        }

        SendCursor(watcher);
        Show(watcher, watcher.Displays);
    }

    public void Leave(VideoWatcher watcher)
    {
        VideoStream[] streams;
        bool last;
        lock (_gate)
        {
            _watchers.Remove(watcher);
            streams = [.. _streams.Values];
            last = _watchers.Count == 0;
        }

        watcher.End();
        foreach (var stream in streams) stream.Remove(watcher);
        if (last) Desk.RestoreSizes();
    }

    /// <summary>Streams these displays to somebody and no others.</summary>
    public void Show(VideoWatcher watcher, IReadOnlyCollection<int> displays)
    {
        watcher.Displays = displays;
        lock (_gate)
        {
            if (!_watchers.ContainsKey(watcher)) return;
            foreach (var (display, stream) in _streams)
            {
                if (!displays.Contains(display)) stream.Remove(watcher);
            }

            foreach (var display in displays)
            {
                if (!_streams.TryGetValue(display, out var stream))
                {
                    _streams[display] = stream = new VideoStream(Desk, display, _rate, _time, _tap);
                }

                stream.Add(watcher);
            }
        }
    }

    /// <summary>A key frame of a display, or of all (§7.5).</summary>
    public void Refresh(int? display)
    {
        lock (_gate)
        {
            foreach (var (index, stream) in _streams)
            {
                if (display is null || display == index) stream.Refresh();
            }
        }
    }

    /// <summary>Somebody wishes something else.</summary>
    public void Wished(VideoWatcher watcher, OptionMessage change)
    {
        lock (_gate)
        {
            // The latest wish of anybody counts for all (Q17).
            if (RateControl.RatioOf(change) is { } ratio) _rate.Ratio = ratio;
            foreach (var stream in _streams.Values) stream.Wake();
            if (_pointing.CurrentCount == 0) _pointing.Release();
        }

        SendCursor(watcher);
    }

    /// <summary>Somebody has moved the pointer, and knows where it is.</summary>
    public void Moved(VideoWatcher watcher)
    {
        lock (_gate)
        {
            if (_watchers.TryGetValue(watcher, out var view)) view.Moved = _time.GetTimestamp();
        }
    }

    /// <summary>Answers a request for a screenshot (§18.9).</summary>
    public void Shoot(VideoWatcher watcher, ScreenshotRequest request)
    {
        lock (_gate)
        {
            if (!_watchers.TryGetValue(watcher, out var view)) return;
            if (view.IsShooting)
            {
                watcher.Post(Shot(request, "Failed to take screenshot, please try again later.", []));
                return;
            }

            view.IsShooting = true;
            var task = Task.Run(() => ShootNow(watcher, request));
            _shots.Add(task);
            _ = task.ContinueWith(
                t =>
                {
                    lock (_gate)
                    {
                        _shots.Remove(t);
                        view.IsShooting = false;
                    }
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Desk.LayoutChanged = () => { };
        Desk.CursorChanged = () => { };
        await _stop.CancelAsync();
        await _pointer;
        Task[] shots;
        VideoStream[] streams;
        lock (_gate)
        {
            shots = [.. _shots];
            streams = [.. _streams.Values];
        }

        await Task.WhenAll(shots);
        foreach (var stream in streams) await stream.DisposeAsync();
        _pointing.Dispose();
        _stop.Dispose();
    }

    private static bool Wants(OptionMessage.Types.BoolOption option) => option == OptionMessage.Types.BoolOption.Yes;

    private static Message Shot(ScreenshotRequest request, string error, byte[] png) => new()
    {
        ScreenshotResponse = new ScreenshotResponse
        {
            Sid = request.Sid,
            Msg = error,
            Data = UnsafeByteOperations.UnsafeWrap(png),
        },
    };

    private void ShootNow(VideoWatcher watcher, ScreenshotRequest request)
    {
        try
        {
            using var screen = Desk.Open(request.Display);
            watcher.Post(Shot(request, "", Png.Write(screen.Grab())));
        }
        catch (IOException e)
        {
            watcher.Post(Shot(request, $"Failed to take screenshot: {e.Message}", []));
        }
    }

    // §8.2: everybody hears of it, and whose display has gone looks at the first one.
    private void OnLayout()
    {
        var displays = Desk.Displays;
        var layout = new Message { PeerInfo = new PeerInfo { Displays = { displays } } };
        VideoWatcher[] watchers;
        lock (_gate)
        {
            watchers = [.. _watchers.Keys];
            foreach (var stream in _streams.Values) stream.Reopen();
        }

        foreach (var watcher in watchers)
        {
            watcher.Post(layout);
            var left = watcher.Displays.Where(d => d < displays.Count).ToArray();
            if (watcher.Displays.Count > 0 && left.Length == 0 && displays.Count > 0) left = [0];
            if (left.Length > 0) Show(watcher, left);
        }
    }

    private void OnCursor()
    {
        VideoWatcher[] watchers;
        lock (_gate) watchers = [.. _watchers.Keys];
        foreach (var watcher in watchers) SendCursor(watcher);
    }

    // §9: in full the first time, by its id afterwards.
    private void SendCursor(VideoWatcher watcher)
    {
        if (Desk.Cursor is not { } cursor) return;
        lock (_gate)
        {
            if (!_watchers.TryGetValue(watcher, out var view) || view.Shape == cursor.Id) return;
            var wishes = watcher.Wishes;
            if (!Wants(wishes.ShowRemoteCursor) && (!watcher.MayControl || Wants(wishes.DisableKeyboard))) return;
            var known = view.Known.Contains(cursor.Id);
            if (!watcher.TryPost(known ? new Message { CursorId = cursor.Id } : Full(cursor))) return;
            view.Shape = cursor.Id;
            if (view.Known.Count < 4096) view.Known.Add(cursor.Id);
        }
    }

    private static Message Full(CursorShape cursor) => new()
    {
        CursorData = new CursorData
        {
            Id = cursor.Id,
            Hotx = cursor.HotX,
            Hoty = cursor.HotY,
            Width = cursor.Width,
            Height = cursor.Height,
            Colors = UnsafeByteOperations.UnsafeWrap(Zstd.Compress(cursor.Colors.Span)),
        },
    };

    private async Task PointAsync()
    {
        try
        {
            while (true)
            {
                if (Pointed()) await Task.Delay(PointerPeriod, _time, _stop.Token);
                else await _pointing.WaitAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }

    // False when nobody wants to know, so that nothing runs for nobody.
    private bool Pointed()
    {
        lock (_gate)
        {
            var wanting = _watchers.Where(w => Wants(w.Key.Wishes.ShowRemoteCursor)).ToArray();
            if (wanting.Length == 0) return false;
            if (Desk.Pointer is not { } at) return true;
            var message = new Message { CursorPosition = new CursorPosition { X = at.X, Y = at.Y } };
            foreach (var (watcher, view) in wanting)
            {
                if (view.At == at) continue;
                view.At = at;
                if (view.Moved is { } moved && _time.GetElapsedTime(moved) < OwnMove) continue;
                watcher.TryPost(message);
            }

            return true;
        }
    }

    private sealed class PointerView
    {
        public HashSet<ulong> Known { get; } = [];

        public ulong? Shape { get; set; }

        public (int X, int Y)? At { get; set; }

        public long? Moved { get; set; }

        public bool IsShooting { get; set; }


    }
}
