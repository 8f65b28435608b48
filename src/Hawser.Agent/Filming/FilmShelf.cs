using System.Collections.Concurrent;
using System.Globalization;
using Hawser.Agent.Serving;
using Hawser.Session.Video;

namespace Hawser.Agent.Filming;

/// <summary>A film of one display, on the disk until the server has it.</summary>
/// <param name="name">The file's name here, and at the server unless that has another of this name.</param>
/// <param name="isEnded">Whether nothing is written any more.</param>
internal sealed class Film(string name, bool isEnded)
{
    private long _length;
    private volatile bool _isEnded = isEnded;

    public string Name { get; } = name;

    /// <summary>The name at the server.</summary>
    public string RemoteName { get; set; } = name;

    /// <summary>Bytes that are written for good, but for the header.</summary>
    public long Length
    {
        get => Interlocked.Read(ref _length);
        set => Interlocked.Exchange(ref _length, value);
    }

    public bool IsEnded
    {
        get => _isEnded;
        set => _isEnded = value;
    }

    /// <summary>Given up, here and at the server.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Whether the server knows of it.</summary>
    public bool IsBegun { get; set; }

    /// <summary>Bytes that the server has.</summary>
    public long Sent { get; set; }

    /// <summary>How often it was begun anew without getting further.</summary>
    public int Attempts { get; set; }
}

/// <summary>
/// The films of an agent: one folder, bounded. What an earlier run left is ended as it is; when there is no room, the
/// oldest that is ended goes.
/// </summary>
internal sealed class FilmShelf
{
    private const string TailMark = ".tail";
    private readonly string _folder;
    private readonly long _most;
    private readonly AgentLog _log;
    private readonly Lock _gate = new();
    private readonly List<Film> _films = [];
    private readonly ConcurrentQueue<string> _discarded = new();

    public FilmShelf(string folder, long most, AgentLog log)
    {
        (_folder, _most, _log) = (folder, most, log);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.webm").Order(StringComparer.Ordinal))
        {
            _films.Add(new Film(Path.GetFileName(file), isEnded: true) { Length = new FileInfo(file).Length });
        }
    }

    /// <summary>Called when something has changed.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>All films, the oldest first.</summary>
    public Film[] Films
    {
        get
        {
            lock (_gate) return [.. _films];
        }
    }

    /// <summary>Names that the server may forget.</summary>
    public ConcurrentQueue<string> Discarded => _discarded;

    public string PathOf(Film film) => Path.Combine(_folder, film.Name);

    /// <summary>A new film; null when there is no room for it.</summary>
    public Film? Begin(string id, DateTimeOffset now, int display, VideoCodec codec)
    {
        if (!HasRoom(1)) return null;
        lock (_gate)
        {
            // Two within a millisecond would have one name.
            var name = NameOf(id, now, display, codec);
            while (_films.Exists(f => f.Name == name))
            {
                now += TimeSpan.FromMilliseconds(1);
                name = NameOf(id, now, display, codec);
            }

            var film = new Film(name, isEnded: false);
            _films.Add(film);
            return film;
        }
    }

    /// <summary>Makes room.</summary>
    /// <returns>Whether there is.</returns>
    public bool HasRoom(long bytes)
    {
        while (true)
        {
            Film? oldest;
            lock (_gate)
            {
                if (_films.Sum(f => f.Length) + bytes <= _most) return true;
                oldest = _films.Find(f => f.IsEnded);
            }

            if (oldest is null) return false;
            _log.Say($"recording {oldest.Name} is lost: it waits for the API server, and there is no more room");
            Remove(oldest, discard: true);
        }
    }

    public void Remove(Film film, bool discard = false)
    {
        lock (_gate)
        {
            if (!_films.Remove(film)) return;
            film.IsDropped = true;
        }

        if (discard && film.IsBegun) _discarded.Enqueue(film.RemoteName);
        File.Delete(PathOf(film));
        File.Delete(PathOf(film) + TailMark);
        Changed();
    }

    /// <summary>Whether its end was on its way once: then a server that knows it as ended has it.</summary>
    public bool IsTailSent(Film film) => File.Exists(PathOf(film) + TailMark);

    public void MarkTail(Film film) => File.WriteAllBytes(PathOf(film) + TailMark, []);

    // http-api §11.
    internal static string NameOf(string id, DateTimeOffset at, int display, VideoCodec codec)
    {
        var name = codec.ToString().ToLowerInvariant();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"incoming_{id}_{at.UtcDateTime:yyyyMMddHHmmssfff}_display{display}_{name}.webm");
    }
}
