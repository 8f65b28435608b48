namespace Hawser.Session.Audio;

/// <summary>
/// Sound of the other end as it is played here, on a thread of its own because sound servers are waited for. What is
/// not played within three seconds is forgotten (§10.1).
/// </summary>
internal sealed class SoundPlayback : IAsyncDisposable
{
    private const int MostWaiting = 300;
    private const int LargestPacket = 8 * 1024;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);
    private readonly SoundSink _sink;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly AutoResetEvent _more = new(false);
    private readonly ManualResetEvent _over = new(false);
    private readonly Task _running;
    private bool _isOver;

    public SoundPlayback(SoundSink sink, TimeProvider time)
    {
        (_sink, _time) = (sink, time);
        _running = Task.Factory.StartNew(
            Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What comes now needs a decoder of its own.</summary>
    public void Renew() => Queue(default);

    /// <summary>Plays a packet, soon.</summary>
    /// <param name="packet">One Opus packet; not changed any more.</param>
    public void Take(ReadOnlyMemory<byte> packet)
    {
        if (packet.Length is > 0 and <= LargestPacket) Queue(packet);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isOver = true;
        _over.Set();
        _more.Set();
        // A sound server that neither plays nor ends must not keep a session from ending.
        await Task.WhenAny(_running, Task.Delay(Retry, _time));
        if (!_running.IsCompleted) return;
        _over.Dispose();
        _more.Dispose();
    }

    private void Queue(ReadOnlyMemory<byte> packet)
    {
        lock (_gate)
        {
            if (_isOver) return;
            if (_waiting.Count == MostWaiting) _waiting.Dequeue();
            _waiting.Enqueue(packet);
            _more.Set();
        }
    }

    private void Run()
    {
        while (!IsOver())
        {
            try
            {
                Play();
            }
            catch (IOException)
            {
                // The sound server may come, or come back.
                _ = _over.WaitOne(Retry);
            }
        }
    }

    private void Play()
    {
        using var output = _sink.Open();
        var player = new SoundPlayer(SoundSource.Rate, SoundSource.Channels);
        try
        {
            while (TryNext(out var packet))
            {
                if (!packet.IsEmpty)
                {
                    output.Write(player.Play(packet.Span));
                    continue;
                }

                player.Dispose();
                player = new SoundPlayer(SoundSource.Rate, SoundSource.Channels);
            }
        }
        finally
        {
            player.Dispose();
        }
    }

    // Waits for one; false when it is over.
    private bool TryNext(out ReadOnlyMemory<byte> packet)
    {
        while (!IsOver())
        {
            lock (_gate)
            {
                if (_waiting.TryDequeue(out packet)) return true;
            }

            _ = _more.WaitOne();
        }

        packet = default;
        return false;
    }

    private bool IsOver()
    {
        lock (_gate) return _isOver;
    }
}
