using Hawser.Protocol.Messages;

namespace Hawser.Session.Video;

/// <summary>What a viewer wants and gets, as the rate control sees it.</summary>
/// <param name="Samples">How many round trips were measured so far.</param>
/// <param name="Delay">The last one.</param>
/// <param name="Overdue">How long an answer has been missing.</param>
/// <param name="MostFps">The viewer's ceiling.</param>
internal readonly record struct ViewerRate(long Samples, TimeSpan Delay, TimeSpan Overdue, int MostFps);

/// <summary>
/// Pictures a second and kilobits for one display (§7.4): upwards while round trips stay near the best that was seen,
/// down when they grow, and nearly nothing for somebody who does not answer.
/// </summary>
internal sealed class RateControl
{
    private const int StartFps = 15;
    private const int LateFps = 2;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);
    private static readonly (long Pixels, int Kilobits)[] Bases =
    [
        (640 * 480, 400), (1024 * 768, 800), (1280 * 720, 1000), (1600 * 900, 1500), (1920 * 1080, 2073),
        (2560 * 1440, 3000), (3840 * 2160, 5000), (7680L * 4320, 12000),
    ];

    // What one picture may take on its way: longer, and keys and mouse wait behind it.
    private const double LongestOnTheWay = 40;
    private const int LeastPath = 150;
    private const int LeastTelling = 6 * 1024;
    private const double LeastRatio = 0.2;
    private readonly Lock _gate = new();
    private readonly Dictionary<object, Track> _tracks = [];
    private double _path = double.MaxValue;
    private double _fps = StartFps;
    private double _share = 1;
    private int _sinceShare;

    /// <summary>Pictures a second now.</summary>
    public int Fps { get; private set; } = StartFps;

    /// <summary>The ratio that viewers asked for.</summary>
    public double Ratio { get; set; } = 0.67;

    /// <summary>Whether the ratio gives way to delay (the host's <c>enable-abr</c>).</summary>
    public bool Adapts { get; set; } = true;

    /// <summary>Kilobits a second for a picture of a size.</summary>
    public int Kilobits(int width, int height, VideoCodec codec)
    {
        var pixels = (long)width * height;
        var (near, kilobits) = Bases.MinBy(b => Math.Abs(b.Pixels - pixels));
        var rate = (double)kilobits * pixels / near * Ratio * _share;
        if (codec == VideoCodec.H264) rate *= 2;
        double path;
        lock (_gate) path = Adapts ? _path : double.MaxValue;
        return (int)Math.Clamp(Math.Min(rate, path), 50, 200_000);
    }

    /// <summary>The ratio of a wish; null when it says nothing of quality.</summary>
    public static double? RatioOf(OptionMessage wish) => wish.ImageQuality switch
    {
        ImageQuality.Best => 1.5,
        ImageQuality.Balanced => 0.67,
        ImageQuality.Low => 0.5,
        _ when wish.CustomImageQuality > 0 =>
            Math.Clamp(2 * ((wish.CustomImageQuality >> 8) & 0xfff) / 100.0, 0.2, 40),
        _ => null,
    };

    /// <summary>Takes in what was measured since last time.</summary>
    /// <param name="viewers">Who watches.</param>
    public void Step(IReadOnlyCollection<(object Who, ViewerRate Rate)> viewers)
    {
        // Displays have streams of their own, and one rate.
        lock (_gate) StepAlone(viewers);
    }

    /// <summary>
    /// Takes in how long a picture was on its way to a viewer, until it was taken or acknowledged. A path that needs
    /// long for it carries so many kilobits and no more; one that does not may carry more than is known yet.
    /// </summary>
    /// <param name="who">The viewer.</param>
    /// <param name="bytes">How large it was.</param>
    /// <param name="took">How long.</param>
    public void Carried(object who, int bytes, TimeSpan took)
    {
        lock (_gate)
        {
            var trip = _tracks.TryGetValue(who, out var track) ? track.Best : 0;
            var alone = took.TotalMilliseconds - trip;
            if (alone <= LongestOnTheWay)
            {
                _path *= alone <= LongestOnTheWay / 2 ? 1.25 : 1.05;
                if (_path > 1_000_000) _path = double.MaxValue;
                return;
            }

            // What is so small tells of the viewer's haste, not of the path.
            if (bytes < LeastTelling) return;
            // Bits a millisecond are kilobits a second; of those, what makes a picture of that length at this speed.
            var speed = bytes * 8 / alone;
            var share = speed * Math.Min(0.85, LongestOnTheWay * Fps / 1000);
            _path = Math.Max(LeastPath, _path > 1_000_000 ? share : Math.Min(_path, (_path + share) / 2));
        }
    }

    private void StepAlone(IReadOnlyCollection<(object Who, ViewerRate Rate)> viewers)
    {
        var most = viewers.Count == 0 ? 30 : viewers.Min(v => v.Rate.MostFps);
        foreach (var gone in _tracks.Keys.Except(viewers.Select(v => v.Who)).ToArray()) _tracks.Remove(gone);
        foreach (var (who, rate) in viewers)
        {
            if (!_tracks.TryGetValue(who, out var track)) _tracks[who] = track = new Track();
            if (rate.Samples == track.Samples) continue;
            track.Samples = rate.Samples;
            Adapt(track.Add(rate.Delay.TotalMilliseconds), most);
        }

        _fps = Math.Clamp(_fps, 1, most);
        var late = viewers.Any(v => v.Rate.Overdue >= Late);
        Fps = late ? Math.Min(LateFps, most) : (int)Math.Round(_fps);
    }

    private void Adapt(double grown, int most)
    {
        _fps = grown switch
        {
            < 50 => _fps + Math.Max(5, most / 6.0),
            < 100 => _fps + 1,
            < 150 => _fps,
            _ => Math.Max(3, _fps * 150 / grown),
        };
        // A sample a second: the share of the bitrate follows more slowly than the pictures.
        if (!Adapts || ++_sinceShare < 3) return;
        _sinceShare = 0;
        _share *= grown switch
        {
            < 50 => 1.15,
            < 100 => 1.1,
            < 150 => 1.05,
            < 200 => 0.95,
            < 300 => 0.9,
            < 500 => 0.85,
            _ => 0.8,
        };
        // Down to a fifth of what was wished, or lower when that was more than anybody needs.
        _share = Math.Clamp(_share, Math.Min(LeastRatio, LeastRatio / Ratio), 1);
    }

    // The best round trip, and the mean of the last three above it.
    private sealed class Track
    {
        private readonly Queue<double> _last = new();

        public long Samples { get; set; }

        public double Best { get; private set; }

        public double Add(double delay)
        {
            Best = _last.Count == 0 ? delay : Math.Min(Best, delay);
            _last.Enqueue(delay);
            if (_last.Count > 3) _last.Dequeue();
            return _last.Average() - Best;
        }
    }
}
