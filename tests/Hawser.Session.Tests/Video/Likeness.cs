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

        return Decibels(sum / (one.Width * one.Height * 3));
    }

    /// <summary>The same of brightness alone, which is what letters are read by: colours are packed in half the size.</summary>
    public static double Brightness(Picture one, Picture other)
    {
        if (one.Width != other.Width || one.Height != other.Height) return 0;
        var sum = 0.0;
        for (var y = 0; y < one.Height; y++)
        {
            var a = one.Row(y);
            var b = other.Row(y);
            for (var i = 0; i + 3 < a.Length; i += 4)
            {
                var off = 0.114 * (a[i] - b[i]) + 0.587 * (a[i + 1] - b[i + 1]) + 0.299 * (a[i + 2] - b[i + 2]);
                sum += off * off;
            }
        }

        return Decibels(sum / (one.Width * one.Height));
    }

    private static double Decibels(double mean) => mean == 0 ? 99 : 10 * Math.Log10(255 * 255 / mean);
}
