namespace Hawser.Session.Audio;

/// <summary>Where a host's sound comes from.</summary>
public abstract class SoundSource
{
    /// <summary>Samples a second of every source.</summary>
    public const int Rate = 48_000;

    /// <summary>Samples at a time, side by side.</summary>
    public const int Channels = 2;

    /// <summary>Samples a channel in a packet: 10 ms (§10.1).</summary>
    public const int PacketSamples = Rate / 100;

    /// <summary>Begins to listen.</summary>
    /// <returns>What is heard; the caller's.</returns>
    /// <exception cref="IOException">There is nothing to listen to.</exception>
    public abstract SoundCapture Open();
}

/// <summary>Sound as it is heard. One caller at a time.</summary>
public abstract class SoundCapture : IDisposable
{
    /// <summary>Waits for the next samples.</summary>
    /// <param name="samples">Room for whole packets; -1 to 1, side by side.</param>
    /// <exception cref="IOException">There is nothing to listen to any more.</exception>
    public abstract void Read(Span<float> samples);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what it holds.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A tone, for trying the way without a sound server.</summary>
/// <param name="hertz">How high.</param>
/// <param name="time">The clock that it is played by.</param>
public sealed class TestTone(double hertz, TimeProvider time) : SoundSource
{
    /// <summary>How loud; 0 is silence.</summary>
    public double Level { get; set; } = 0.25;

    /// <inheritdoc/>
    public override SoundCapture Open() => new Tone(this, hertz, time);

    private sealed class Tone(TestTone source, double hertz, TimeProvider time) : SoundCapture
    {
        private readonly long _began = time.GetTimestamp();
        private readonly CancellationTokenSource _stop = new();
        private long _at;

        public override void Read(Span<float> samples)
        {
            var level = source.Level;
            for (var i = 0; i < samples.Length; i += Channels, _at++)
            {
                var one = level * Math.Sin(2 * Math.PI * hertz * _at / Rate);
                samples[i] = samples[i + 1] = (float)one;
            }

            // As a sound card: what is not played yet can't be heard.
            var due = TimeSpan.FromSeconds((double)_at / Rate) - time.GetElapsedTime(_began);
            if (due > TimeSpan.Zero) _ = _stop.Token.WaitHandle.WaitOne(due);
        }

        protected override void Dispose(bool disposing) => _stop.Dispose();
    }
}
