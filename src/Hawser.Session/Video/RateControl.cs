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

    private readonly Dictionary<object, Track> _tracks = [];
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
        return (int)Math.Clamp(rate, 50, 200_000);
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
        _share = Math.Clamp(_share, 0.2, 1);
    }

    // The best round trip, and the mean of the last three above it.
    private sealed class Track
    {
        private readonly Queue<double> _last = new();
        private double _best = double.MaxValue;

        public long Samples { get; set; }

        public double Add(double delay)
        {
            _best = Math.Min(_best, delay);
            _last.Enqueue(delay);
            if (_last.Count > 3) _last.Dequeue();
            return _last.Average() - _best;
        }
    }
}
