using Hawser.Session.Audio;
using Hawser.Session.Controller;

namespace Hawser.Controller.Saving;

/// <summary>Sound as a file, written as it comes. Silence is not sent: it is put back by the clock.</summary>
internal abstract class SoundFile : IDisposable
{
    /// <summary>Samples a second that are written, whatever comes in.</summary>
    protected const int Rate = SoundSource.Rate;

    // What comes later than this was silence before.
    private const long Slack = Rate / 2;

    /// <summary>Samples a channel so far.</summary>
    public long Written { get; private set; }

    public static SoundFile Create(Stream file, string name) =>
        name.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ? new WavFile(file) : new OggFile(file);

    /// <summary>Appends a packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="now">Since the beginning.</param>
    public void Add(SoundPacket packet, TimeSpan now)
    {
        CatchUp((long)(now.TotalSeconds * Rate) - Slack);
        Written += Put(packet);
    }

    /// <summary>Ends the file.</summary>
    /// <param name="now">Since the beginning.</param>
    public void End(TimeSpan now)
    {
        CatchUp((long)(now.TotalSeconds * Rate) - Slack);
        Finish();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>Appends a packet; returns its samples a channel.</summary>
    protected abstract int Put(SoundPacket packet);

    /// <summary>Appends silence.</summary>
    protected abstract void Rest(long samples);

    protected abstract void Finish();

    private void CatchUp(long due)
    {
        var missing = due - Written;
        if (missing < Slack) return;
        Rest(missing);
        Written += missing;
    }
}
