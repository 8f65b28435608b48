namespace Hawser.Session.Audio;

/// <summary>Where sound is played: <see cref="SoundSource.Rate"/> samples a second, two side by side.</summary>
public abstract class SoundSink
{
    /// <summary>Begins to play.</summary>
    /// <returns>Where samples go; the caller's.</returns>
    /// <exception cref="IOException">There is nothing to play with.</exception>
    public abstract SoundOutput Open();
}

/// <summary>Sound as it is played. One caller at a time.</summary>
public abstract class SoundOutput : IDisposable
{
    /// <summary>Plays samples; waits until there is room for them.</summary>
    /// <param name="samples">-1 to 1, side by side.</param>
    /// <exception cref="IOException">There is nothing to play with any more.</exception>
    public abstract void Write(ReadOnlySpan<float> samples);

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

/// <summary>What somebody at a host speaks into and listens to in a voice call (§10.2).</summary>
/// <param name="Microphone">Is opened for calls only.</param>
/// <param name="Speaker">Likewise.</param>
public sealed record VoiceDevice(SoundSource Microphone, SoundSink Speaker);
