using System.Threading.Channels;
using Hawser.Agent.Serving;
using Hawser.Session.Video;

namespace Hawser.Agent.Filming;

/// <summary>
/// Writes what is shown to others into films, one a display, a new one when size or codec change; on a task of its own,
/// so that a slow disk holds up nobody: it costs pictures.
/// </summary>
internal sealed class FilmMaker : IAsyncDisposable
{
    private const long MostQueued = 32 << 20;
    private readonly string _id;
    private readonly FilmShelf _shelf;
    private readonly AgentLog _log;
    private readonly TimeProvider _time;
    private readonly Channel<(int Display, TappedPicture? Picture)> _queue =
        Channel.CreateUnbounded<(int, TappedPicture?)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Dictionary<int, Reel> _reels = [];
    private readonly Task _writing;
    private long _queued;
    private long _written;

    public FilmMaker(string id, FilmShelf shelf, Func<bool> isOn, AgentLog log, TimeProvider time)
    {
        (_id, _shelf, _log, _time) = (id, shelf, log, time);
        Tap = new PictureTap { IsOn = isOn, Taken = Take, Ended = d => _queue.Writer.TryWrite((d, null)) };
        _writing = Task.Run(WriteAsync);
    }

    public PictureTap Tap { get; }

    /// <summary>How many pictures are in films.</summary>
    public long Written => Interlocked.Read(ref _written);

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private void Take(TappedPicture picture)
    {
        var length = picture.Packed.Data.Length;
        if (Interlocked.Add(ref _queued, length) > MostQueued)
        {
            Interlocked.Add(ref _queued, -length);
            // The next that stands alone begins another film.
            _queue.Writer.TryWrite((picture.Display, null));
            return;
        }

        _queue.Writer.TryWrite((picture.Display, picture));
    }

    private async Task WriteAsync()
    {
        await foreach (var (display, picture) in _queue.Reader.ReadAllAsync())
        {
            if (picture is not { } taken) End(display);
            else
            {
                Interlocked.Add(ref _queued, -taken.Packed.Data.Length);
                Write(taken);
            }
        }

        foreach (var display in _reels.Keys.ToArray()) End(display);
    }

    private void Write(TappedPicture picture)
    {
        try
        {
            if (_reels.TryGetValue(picture.Display, out var reel) && reel.Shape != picture.Shape) End(picture.Display);
            if (!_reels.TryGetValue(picture.Display, out reel))
            {
                if (!picture.Packed.IsKey || (reel = Begin(picture)) is null) return;
                _reels[picture.Display] = reel;
            }

            if (!_shelf.HasRoom(picture.Packed.Data.Length))
            {
                _log.Say("recording stops: what waits for the API server takes all room that it may");
                End(picture.Display);
                return;
            }

            reel.Add(picture);
            Interlocked.Increment(ref _written);
            _shelf.Changed();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.Say($"recording stops: {e.Message}");
            End(picture.Display);
        }
    }

    private Reel? Begin(TappedPicture picture)
    {
        if (_shelf.Begin(_id, _time.GetUtcNow(), picture.Display, picture.Shape.Codec) is not { } film) return null;
        try
        {
            return new Reel(film, _shelf.PathOf(film), picture, _time);
        }
        catch
        {
            _shelf.Remove(film);
            throw;
        }
    }

    private void End(int display)
    {
        if (!_reels.Remove(display, out var reel)) return;
        try
        {
            reel.End();
        }
        catch (IOException e)
        {
            // What is there can be played; its length is not told.
            _log.Say($"a recording has no proper end: {e.Message}");
        }
        finally
        {
            reel.Dispose();
        }

        reel.Film.IsEnded = true;
        _shelf.Changed();
    }

    /// <summary>A film that is being written.</summary>
    private sealed class Reel : IDisposable
    {
        private readonly FileStream _file;
        private readonly WebmFile _webm;
        private readonly TimeProvider _time;
        private readonly long _first;
        private readonly long _started;
        private long _last;

        public Reel(Film film, string path, TappedPicture first, TimeProvider time)
        {
            (Film, Shape, _first, _time) = (film, first.Shape, first.Milliseconds, time);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
            };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            _file = new FileStream(path, options);
            _webm = new WebmFile(_file, Shape.Codec, Shape.Width, Shape.Height, "hawser-agent", openClusters: true);
            _started = time.GetTimestamp();
        }

        public Film Film { get; }

        public EncoderShape Shape { get; }

        public void Add(TappedPicture picture)
        {
            _last = Math.Max(picture.Milliseconds - _first, _last);
            _webm.Add(picture.Packed.Data.Span, _last, picture.Packed.IsKey);
            _file.Flush();
            Film.Length = _file.Length;
        }

        // The last picture stood until now.
        public void End()
        {
            _webm.End(Math.Max(_last, (long)_time.GetElapsedTime(_started).TotalMilliseconds));
            Film.Length = _file.Length;
        }

        public void Dispose()
        {
            _webm.Dispose();
            _file.Dispose();
        }
    }
}
