using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>Everything that a reload or the console can change while pairs are running.</summary>
internal sealed class RelayPolicy
{
    private readonly string _dataFolder;
    private readonly TimeProvider _time;
    private volatile RelayOptions _options;
    private volatile AddressList _trustedProxies = AddressList.Empty;
    private volatile BandwidthMeter? _total;
    private double _totalBandwidth;
    private IReadOnlyList<string> _addedProxies = [];

    public RelayPolicy(RelayOptions options, string dataFolder, TimeProvider time)
    {
        _dataFolder = dataFolder;
        _time = time;
        _options = options;
        BadEntries = Reload(options);
    }

    /// <summary>The options of the last reload; rates and lists are read from this object instead.</summary>
    public RelayOptions Options => _options;

    /// <summary>Entries of the lists that could not be read the last time.</summary>
    public IReadOnlyList<string> BadEntries { get; private set; }

    /// <summary>Refused addresses.</summary>
    public ListedAddresses Blocklist { get; } = new();

    /// <summary>Slowed addresses.</summary>
    public ListedAddresses Blacklist { get; } = new();

    /// <summary>Proxies whose headers are believed.</summary>
    public AddressList TrustedProxies => _trustedProxies;

    /// <summary>Mb/s of a pair; 0 means no limit.</summary>
    public double SingleBandwidth { get; set; }

    /// <summary>Mb/s of a slowed pair.</summary>
    public double LimitSpeed { get; set; }

    /// <summary>Share of <see cref="SingleBandwidth"/> from which on a pair can be slowed.</summary>
    public double DowngradeThreshold { get; set; }

    /// <summary>Seconds until a pair can be slowed.</summary>
    public int DowngradeStartCheck { get; set; }

    /// <summary>The limit of all pairs together; null when there is none.</summary>
    public BandwidthMeter? Total => _total;

    /// <summary>Mb/s of all pairs together; 0 means no limit.</summary>
    public double TotalBandwidth
    {
        get => Volatile.Read(ref _totalBandwidth);
        set
        {
            Volatile.Write(ref _totalBandwidth, value);
            if (value <= 0) _total = null;
            else if (_total is { } meter) meter.SetRate(value);
            else _total = new BandwidthMeter(value, _time);
        }
    }

    /// <summary>Takes over options and reads the list files again; what the console changed is forgotten.</summary>
    /// <returns>Entries that could not be read.</returns>
    public IReadOnlyList<string> Reload(RelayOptions options)
    {
        _options = options;
        SingleBandwidth = options.SingleBandwidth;
        TotalBandwidth = options.TotalBandwidth;
        LimitSpeed = options.LimitSpeed;
        DowngradeThreshold = options.DowngradeThreshold;
        DowngradeStartCheck = options.DowngradeStartCheck;
        var bad = new List<string>();
        bad.AddRange(Blocklist.Replace([.. options.Blocklist, .. ReadList("blocklist.txt")]));
        bad.AddRange(Blacklist.Replace([.. options.Blacklist, .. ReadList("blacklist.txt")]));
        if (ReadProxies() is { } badProxy) bad.Add(badProxy);
        return BadEntries = bad;
    }

    /// <summary>Believes these proxies besides those of the options, over reloads too.</summary>
    public void Trust(IReadOnlyList<string> proxies)
    {
        Volatile.Write(ref _addedProxies, proxies);
        ReadProxies();
    }

    /// <summary>The rate that a pair gets now; 0 means no limit.</summary>
    public double RateFor(RelayPair pair)
    {
        var black = Blacklist.Snapshot;
        var isListed = black.Contains(pair.First.Remote) || black.Contains(pair.Second.Remote);
        if (!isListed && pair.Usage.DowngradedUntil == 0) return SingleBandwidth;
        return SingleBandwidth > 0 ? Math.Min(SingleBandwidth, LimitSpeed) : LimitSpeed;
    }

    /// <summary>Gives a pair the rate that it should have now; a pair without a limit has no meter at all.</summary>
    public void ApplyRate(RelayPair pair)
    {
        var rate = RateFor(pair);
        if (rate <= 0) pair.Meter = null;
        else if (pair.Meter is { } meter) meter.SetRate(rate);
        else pair.Meter = new BandwidthMeter(rate, _time);
    }

    /// <summary>A time from now as a timestamp.</summary>
    public long After(double seconds) => _time.GetTimestamp() + (long)(seconds * _time.TimestampFrequency);

    // The first entry that can't be read; the list then stays as it is.
    private string? ReadProxies()
    {
        var all = _options.TrustedProxies.Concat(Volatile.Read(ref _addedProxies));
        if (AddressList.TryParse(all, out var proxies, out var bad)) _trustedProxies = proxies;
        return bad;
    }

    private string[] ReadList(string name) => [.. ListedAddresses.ReadFile(Path.Combine(_dataFolder, name))];
}
