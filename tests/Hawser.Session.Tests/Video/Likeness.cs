using Hawser.Session.Video;

namespace Hawser.Session.Tests.Video;

/// <summary>How alike two pictures are.</summary>
internal static class Likeness
{
    /// <summary>Peak signal-to-noise ratio over all three colours, in decibels.</summary>
    public static double Psnr(Picture one, Picture other)
    {
        if (one.Width != other.Width || one.Height != other.Height) return 0;
        var sum = 0.0;
        for (var y = 0; y < one.Height; y++)
        {
            var a = one.Row(y);
            var b = other.Row(y);
            for (var i = 0; i < a.Length; i++)
            {
                if (i % 4 != 3) sum += (a[i] - b[i]) * (a[i] - b[i]);
            }
        }

        var mean = sum / (one.Width * one.Height * 3);
        return mean == 0 ? 99 : 10 * Math.Log10(255 * 255 / mean);
    }
}
