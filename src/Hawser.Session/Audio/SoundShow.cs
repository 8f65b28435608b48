using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Audio;

/// <summary>
/// A host's sound as all its sessions hear it (§10.1): captured and packed once, only while somebody listens, on a
/// thread of its own because sound servers are waited for. Silence is not sent for long.
/// </summary>
internal sealed class SoundShow(SoundSource source, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Silent packets after which nothing is sent until something is heard again.</summary>
    public const int SilenceShown = 800;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);
    private readonly Lock _gate = new();
    private readonly HashSet<SendLanes> _listeners = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _runs;
    private long _packed;

    /// <summary>How many packets were sent to anybody.</summary>
    public long Packed => Interlocked.Read(ref _packed);

    /// <summary>Sends the sound to somebody from now on.</summary>
    public void Join(SendLanes listener)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || !_listeners.Add(listener)) return;
            listener.Post(Format());
            if (_runs) return;
            _runs = true;
            _running = Task.Factory.StartNew(
                Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>And no more.</summary>
    public void Leave(SendLanes listener)
    {
        lock (_gate) _listeners.Remove(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task running;
        lock (_gate) running = _running;
        // A sound server that neither plays nor ends must not keep the program from ending.
        await Task.WhenAny(running, Task.Delay(Retry, time));
        if (running.IsCompleted) _stop.Dispose();
    }

    private static Message Format() => new()
    {
        Misc = new Misc
        {
            AudioFormat = new AudioFormat { SampleRate = SoundSource.Rate, Channels = SoundSource.Channels },
        },
    };

    private void Run()
    {
        while (IsHeard())
        {
            try
            {
                Capture();
            }
            catch (IOException)
            {
                // The sound server may come, or come back.
                _ = _stop.Token.WaitHandle.WaitOne(Retry);
            }
        }
    }

    // False ends the thread; who joins after that starts another.
    private bool IsHeard()
    {
        lock (_gate) return _runs = _listeners.Count > 0 && !_stop.IsCancellationRequested;
    }

    private void Capture()
    {
        using var capture = source.Open();
        using var packer = new SoundPacker();
        var samples = new float[SoundSource.PacketSamples * SoundSource.Channels];
        var silent = 0;
        while (IsListenedTo())
        {
            capture.Read(samples);
            silent = samples.AsSpan().ContainsAnyExcept(0f) ? 0 : silent + 1;
            if (silent > SilenceShown) continue;
            var packet = UnsafeByteOperations.UnsafeWrap(packer.Pack(samples));
            Send(new Message { AudioFrame = new AudioFrame { Data = packet } });
        }
    }

    private bool IsListenedTo()
    {
        lock (_gate) return _listeners.Count > 0 && !_stop.IsCancellationRequested;
    }

    // A full lane means that the path does not take it now; the next packet is newer.
    private void Send(Message packet)
    {
        lock (_gate)
        {
            foreach (var listener in _listeners) listener.TryPost(SendLane.Audio, packet);
        }

        Interlocked.Increment(ref _packed);
    }
}
