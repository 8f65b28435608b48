namespace Hawser.Session.Tests.Audio;

/// <summary>How much of a tone is in some sound (Goertzel).</summary>
public static class Goertzel
{
    /// <summary>The amplitude of a frequency: 1 for a full tone.</summary>
    public static double Level(ReadOnlySpan<float> samples, double hertz, int rate)
    {
        var turn = 2 * Math.Cos(2 * Math.PI * hertz / rate);
        var (one, two) = (0.0, 0.0);
        foreach (var sample in samples) (one, two) = (sample + turn * one - two, one);
        return 2 * Math.Sqrt(one * one + two * two - turn * one * two) / samples.Length;
    }
}
