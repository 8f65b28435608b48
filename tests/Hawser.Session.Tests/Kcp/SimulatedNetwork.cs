using Hawser.Session.Kcp;

namespace Hawser.Session.Tests.Kcp;

/// <summary>Two engines on a path that loses, delays, doubles and reorders, in a time of its own.</summary>
internal sealed class SimulatedNetwork
{
    private readonly PriorityQueue<(bool ToLeft, byte[] Datagram), (uint At, long Order)> _onTheWay = new();
    private readonly Random _random;
    private readonly int _delay;
    private readonly int _jitter;
    private readonly double _loss;
    private readonly int _bytesPerMs;
    private double _freeAt;
    private long _order;
    private uint _lastUpdate;

    public SimulatedNetwork(int seed, int delay, double loss, int jitter = 0, uint start = 0, int bytesPerMs = 0)
    {
        _random = new Random(seed);
        (_delay, _jitter, _loss, _bytesPerMs) = (delay, jitter, loss, bytesPerMs);
        Now = _lastUpdate = start;
        Left = new KcpEngine(7, datagram => Carry(false, datagram));
        Right = new KcpEngine(7, datagram => Carry(true, datagram));
    }

    public KcpEngine Left { get; }

    public KcpEngine Right { get; }

    /// <summary>Milliseconds; may wrap.</summary>
    public uint Now { get; private set; }

    public long Datagrams { get; private set; }

    public int Longest { get; private set; }

    public bool IsCut { get; set; }

    /// <summary>Lets one millisecond pass.</summary>
    public void Step()
    {
        Now++;
        while (_onTheWay.TryPeek(out var item, out var when) && (int)(Now - when.At) >= 0)
        {
            _onTheWay.Dequeue();
            var engine = item.ToLeft ? Left : Right;
            engine.Take(item.Datagram.AsSpan(KcpEnvelope.Length), Now);
            engine.Flush(Now);
        }

        if (Now - _lastUpdate < 10) return;
        _lastUpdate = Now;
        Left.Update(Now);
        Right.Update(Now);
    }

    private void Carry(bool toLeft, ReadOnlySpan<byte> datagram)
    {
        Datagrams++;
        Longest = Math.Max(Longest, datagram.Length);
        if (IsCut || _random.NextDouble() < _loss) return;
        var copies = _loss > 0 && _random.Next(100) == 0 ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var at = Now + (uint)(_delay + _random.Next(_jitter + 1) + (toLeft ? 0 : Queued(datagram.Length)));
            _onTheWay.Enqueue((toLeft, datagram.ToArray()), (at, _order++));
        }
    }

    // To the right the path has a width, and a queue in front of it.
    private uint Queued(int length)
    {
        if (_bytesPerMs == 0) return 0;
        _freeAt = Math.Max(_freeAt, Now) + ((double)length / _bytesPerMs);
        return (uint)(_freeAt - Now);
    }
}
