namespace Hawser.Session.Kcp;

/// <summary>
/// How much may be under way when what is urgent must not wait behind the rest. The field's window of 1024 segments is
/// two seconds on a path of 5 Mbit/s, and KCP without a congestion window always fills it.
/// </summary>
internal sealed partial class KcpEngine
{
    /// <summary>Segments that may always be under way.</summary>
    public const int ShortLeast = 32;

    private const uint LeastInterval = 50;
    private const uint LongestInterval = 1000;
    private const int Slack = 50;
    private readonly long[] _rates = new long[10];
    private int _limit = WaitingLimit;
    private bool _isShort;
    private bool _wasFull;
    private int _landed;
    private uint _measuredAt;
    private int _leastTrip = int.MaxValue;
    private int _oldest;

    /// <summary>
    /// From now on no more waits or is under way than the path carries in its round trip, and a little: found out by
    /// what arrives, so that a path that carries more soon gets more.
    /// </summary>
    public void KeepShort()
    {
        if (_isShort) return;
        _isShort = true;
        _limit = ShortLeast;
    }

    private void MeasureRate(uint now)
    {
        if (!_isShort) return;
        var passed = now - _measuredAt;
        if (passed < Math.Max(LeastInterval, (uint)_smoothed)) return;
        var perSecond = _landed * 1000L / passed;
        // A writer that had nothing to write says nothing about the path, unless it went better than ever.
        if (perSecond >= _rates.Max() || (_wasFull && passed < LongestInterval))
        {
            _rates[_oldest] = perSecond;
            _oldest = (_oldest + 1) % _rates.Length;
        }

        (_measuredAt, _landed, _wasFull) = (now, 0, false);
        if (_leastTrip == int.MaxValue) return;
        var room = _rates.Max() * 5 / 4 * (_leastTrip + Slack) / 1000;
        _limit = (int)Math.Clamp(room, ShortLeast, WaitingLimit);
    }
}
