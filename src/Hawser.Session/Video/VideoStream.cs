using System.Threading.Channels;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;

namespace Hawser.Session.Video;

/// <summary>
/// One display on its way to all who look at it (§7): a picture is taken when something has changed, packed once, and
/// the next one waits until everybody has taken this one, for three seconds at most. Who is slower than that gets
/// nothing until the last one is through, and then a key frame: never more than one picture waits for anybody.
/// </summary>
internal sealed class VideoStream : IAsyncDisposable
{
    // How long after the one before a picture that stands still is packed once more: at once while it is still rough,
    // then at leisure, so that what one picture may cost has gathered again.
    private static readonly TimeSpan[] Repeats =
        [.. new[] { 0, 0, 0, 100, 200, 300, 500, 800 }.Select(m => TimeSpan.FromMilliseconds(m))];

    // From here on a small one means that nothing is left to do, and not that nothing was left to spend.
    private const int FirstTelling = 6;
    private static readonly TimeSpan BetweenKeys = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Desk _desk;
    private readonly int _display;
    private readonly RateControl _rate;
    private readonly PictureTap? _tap;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _signal = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _gate = new();
    private readonly List<Seat> _seats = [];
    private readonly HashSet<VideoCodec> _encodable = [.. VideoCodecs.Encodable()];
    private readonly Task _running;
    private readonly ITimer _again;
    private Screen? _screen;
    private Picture? _picture;
    private DisplayInfo _shown = new();
    private VideoEncoder? _encoder;
    private int _repeats;
    private long _started;
    private long _lastTime = -1;
    private long? _lastStart;
    private long? _lastKey;
    private volatile bool _reopen;
    private volatile bool _keyWanted;
    private int? _tapped;

    public VideoStream(Desk desk, int display, RateControl rate, TimeProvider time, PictureTap? tap = null)
    {
        (_desk, _display, _rate, _time, _tap) = (desk, display, rate, time, tap);
        _again = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running = Task.Run(RunAsync);
    }

    /// <summary>How many pictures were packed.</summary>
    public long Packed { get; private set; }

    public void Add(VideoWatcher watcher)
    {
        lock (_gate)
        {
            if (!_seats.Exists(s => s.Watcher == watcher)) _seats.Add(new Seat(watcher));
        }

        Wake();
    }

    public void Remove(VideoWatcher watcher)
    {
        lock (_gate) _seats.RemoveAll(s => s.Watcher == watcher);
        Wake();
    }

    /// <summary>A key frame, soon (§7.5).</summary>
    public void Refresh()
    {
        _keyWanted = true;
        Wake();
    }

    /// <summary>Displays have changed: look again at which one this is.</summary>
    public void Reopen()
    {
        _reopen = true;
        Wake();
    }

    /// <summary>Something that the stream depends on has changed.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _again.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        _started = _time.GetTimestamp();
        try
        {
            while (true)
            {
                var seats = Seats();
                if (seats.Length == 0) Close();
                else if (!TryOpen()) await DelayAsync(Retry);
                else if (Wants(seats))
                {
                    await ShowAsync(seats);
                    continue;
                }

                if (seats.Length == 0 || _screen is not null) await _signal.Reader.ReadAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
        finally
        {
            Close();
        }
    }

    private Seat[] Seats()
    {
        lock (_gate) return [.. _seats];
    }

    // Whether there is something to show: a change, a key frame for somebody, or the same picture in better quality.
    private bool Wants(Seat[] seats)
    {
        // Whoever gets through again wakes this up.
        if (!seats.Any(s => s.IsFree)) return false;
        if (_screen!.TakeChange())
        {
            _repeats = 0;
            _picture = null;
            return true;
        }

        return _keyWanted || seats.Any(s => s.NeedsKey && s.IsFree) || IsDueAgain();
    }

    private bool IsDueAgain()
    {
        if (_picture is null) return true;
        if (_repeats >= Repeats.Length) return false;
        var left = _lastStart is { } last ? Repeats[_repeats] - _time.GetElapsedTime(last) : TimeSpan.Zero;
        if (left <= TimeSpan.Zero) return true;
        _again.Change(left, Timeout.InfiniteTimeSpan);
        return false;
    }

    private bool TryOpen()
    {
        if (_reopen) Close();
        if (_screen is not null) return true;
        try
        {
            var displays = _desk.Displays;
            if (_display >= displays.Count) return false;
            _reopen = false;
            _screen = _desk.Open(_display);
            _screen.Changed = Wake;
            _shown = displays[_display];
            _keyWanted = true;
            return true;
        }
        catch (IOException)
        {
            // It may come back; the session says so by its silence, and goes on.
            return false;
        }
    }

    private void Close()
    {
        EndTap();
        _screen?.Dispose();
        _encoder?.Dispose();
        (_screen, _encoder, _picture) = (null, null, null);
    }

    // How many pictures ago the last one that stands alone was taken along; null while none is.
    private void Tap(EncodedPicture picture)
    {
        if (_tap is null) return;
        if (!_tap.IsOn()) EndTap();
        else if (_tapped is not null || picture.IsKey)
        {
            _tapped = picture.IsKey ? 0 : _tapped + 1;
            _tap.Taken(new TappedPicture(_display, _encoder!.Shape, picture, _lastTime));
        }
    }

    private void EndTap()
    {
        if (_tapped is null) return;
        _tapped = null;
        _tap!.Ended(_display);
    }

    private bool TapNeedsKey => _tap?.IsOn() == true && _tapped is null or >= PictureTap.KeyInterval;

    private async Task ShowAsync(Seat[] seats)
    {
        Step(seats);
        await PaceAsync();
        _lastStart = _time.GetTimestamp();
        var encoded = Pack(seats);
        if (_screen is null) await DelayAsync(AfterFailure);
        if (encoded is not { } picture) return;
        Tap(picture);
        var frame = new Message
        {
            VideoFrame = VideoCodecs.ToWire(_encoder!.Shape.Codec, new EncodedVideoFrame
            {
                Data = UnsafeByteOperations.UnsafeWrap(picture.Data),
                Key = picture.IsKey,
                Pts = _lastTime,
            }, _display),
        };
        // Who was not through with the one before holds up nobody any more.
        var taken = Task.WhenAll(seats.Where(s => Sent(s, frame, picture.IsKey)).Select(s => s.Pending));
        await Task.WhenAny(taken, Task.Delay(VideoWatcher.Patience, _time, _stop.Token));
        _stop.Token.ThrowIfCancellationRequested();
    }

    // Who is behind has no say in how fast it is for the others.
    private void Step(Seat[] seats) =>
        _rate.Step([.. seats.Where(s => s.IsFree).Select(s => ((object)s.Watcher, s.Watcher.Rate))]);

    private async Task PaceAsync()
    {
        if (_lastStart is not { } last) return;
        var left = TimeSpan.FromSeconds(1.0 / _rate.Fps) - _time.GetElapsedTime(last);
        if (left > TimeSpan.Zero) await DelayAsync(left);
    }

    private EncodedPicture? Pack(Seat[] seats)
    {
        try
        {
            if (_picture is null)
            {
                // What changes from here on is the next picture's.
                _ = _screen!.TakeChange();
                _picture = _screen.Grab();
            }
            else _repeats = Math.Min(_repeats + 1, Repeats.Length);

            // What is packed less often may be larger.
            var fps = Math.Clamp((int)Math.Round(1 / Gap().TotalSeconds), 1, _rate.Fps);
            var shape = ShapeFor(seats, _picture);
            var kilobits = _rate.Kilobits(shape.Width, shape.Height, shape.Codec);
            foreach (var seat in seats) seat.Watcher.Kilobits = kilobits;
            var fresh = _encoder?.Shape != shape;
            if (fresh)
            {
                _encoder?.Dispose();
                _encoder = null;
                _encoder = VideoCodecs.NewEncoder(shape, kilobits, fps);
            }
            else _encoder!.Spend(kilobits, fps);

            var encoded = _encoder!.Encode(_picture, NextTime(), TakeKey(seats) || fresh);
            Packed++;
            Settle(encoded);
            return encoded;
        }
        catch (IOException e)
        {
            OnBroken(seats, e);
            return null;
        }
    }

    private TimeSpan Gap() => _repeats == 0 || Repeats[_repeats - 1] == TimeSpan.Zero
        ? TimeSpan.FromSeconds(1.0 / _rate.Fps) : Repeats[_repeats - 1];

    // A picture that hardly changes any more is as good as it gets; one that stands alone is rough again.
    private void Settle(EncodedPicture? encoded)
    {
        if (encoded is { IsKey: true }) _repeats = 0;
        if (encoded is not { IsKey: false } done || _repeats < FirstTelling) return;
        if (done.Data.Length <= 256 + _picture!.Width * _picture.Height / 8192) _repeats = Repeats.Length;
    }

    private void OnBroken(Seat[] seats, IOException e)
    {
        if (_screen is not null && _encoder is null && _picture is not null)
        {
            // The encoder did not come to be; with the one that everybody knows there is nothing left to try.
            var (codec, _) = Choose(seats);
            if (codec == VideoCodec.Vp9)
            {
                foreach (var seat in seats) seat.Watcher.Fail($"This host can't pack pictures: {e.Message}");
            }

            _encodable.Remove(codec);
        }

        Close();
    }

    private (VideoCodec Codec, bool FullChroma) Choose(Seat[] seats) =>
        CodecChoice.Choose(
            [.. seats.Select(s => s.Watcher.Wishes.SupportedDecoding)],
            _tap?.IsOn() == true ? [.. _encodable.Where(WebmFile.Holds)] : _encodable);

    private EncoderShape ShapeFor(Seat[] seats, Picture picture)
    {
        var (codec, full) = Choose(seats);
        return new EncoderShape(codec, picture.Width, picture.Height, full);
    }

    private bool TakeKey(Seat[] seats)
    {
        var wanted = _keyWanted || TapNeedsKey || seats.Any(s => s.NeedsKey && s.IsFree);
        if (!wanted) return false;
        var soon = _lastKey is { } last && _time.GetElapsedTime(last) < BetweenKeys;
        if (soon && !seats.Any(s => s.NeedsKey)) return false;
        _keyWanted = false;
        _lastKey = _time.GetTimestamp();
        return true;
    }

    private long NextTime()
    {
        var now = (long)_time.GetElapsedTime(_started).TotalMilliseconds;
        return _lastTime = Math.Max(now, _lastTime + 1);
    }

    private bool Sent(Seat seat, Message frame, bool isKey)
    {
        if (!seat.IsFree || (seat.NeedsKey && !isKey))
        {
            seat.NeedsKey = true;
            return false;
        }

        var geometry = seat.Knows is null || seat.Knows.Equals(_shown) ? null : Geometry(_display, _shown, _desk);
        (seat.Knows, seat.NeedsKey) = (_shown, false);
        seat.Pending = TakeAsync(seat, geometry, frame);
        return true;
    }

    private async Task TakeAsync(Seat seat, Message? geometry, Message frame)
    {
        try
        {
            if (geometry is not null) await seat.Watcher.ShowAsync(geometry, isPicture: false);
            var start = _time.GetTimestamp();
            await seat.Watcher.ShowAsync(frame, isPicture: true);
            var took = _time.GetElapsedTime(start);
            // Who never acknowledges says nothing of the path by that.
            if (took < VideoWatcher.Patience) _rate.Carried(seat.Watcher, frame.VideoFrame.CalculateSize(), took);
        }
        catch (IOException)
        {
            Remove(seat.Watcher);
        }
        finally
        {
            // Somebody who was too slow is there again.
            Wake();
        }
    }

    /// <summary>What a display looks like now (§8.3).</summary>
    public static Message Geometry(int display, DisplayInfo info, Desk desk) => new()
    {
        Misc = new Misc
        {
            SwitchDisplay = new SwitchDisplay
            {
                Display = display,
                X = info.X,
                Y = info.Y,
                Width = info.Width,
                Height = info.Height,
                CursorEmbedded = info.CursorEmbedded,
                OriginalResolution = info.OriginalResolution,
                Resolutions = desk.ResolutionsOf(display),
            },
        },
    };

    private Task DelayAsync(TimeSpan time) => Task.Delay(time, _time, _stop.Token);

    private sealed class Seat(VideoWatcher watcher)
    {
        public VideoWatcher Watcher => watcher;

        public Task Pending { get; set; } = Task.CompletedTask;

        public bool IsFree => Pending.IsCompleted;

        public bool NeedsKey { get; set; } = true;

        /// <summary>The geometry that it was told; null before its first picture: the login told it.</summary>
        public DisplayInfo? Knows { get; set; }
    }
}
