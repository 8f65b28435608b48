namespace Hawser.Recording.Media;

/// <summary>
/// How much moved in each second of a recording, by the bytes of its pictures: where nothing changes on a screen, a
/// second takes next to none.
/// </summary>
internal sealed class ActivityLine
{
    /// <summary>A day; what plays longer is cut.</summary>
    internal const int MostSeconds = 24 * 60 * 60;

    // Less than that in a second are pictures that repeat the one before.
    private const int Still = 1024;
    private const int Highest = 9;
    private readonly List<long> _bytes = [];

    /// <summary>A picture.</summary>
    /// <param name="ms">Its time.</param>
    /// <param name="bytes">Its size.</param>
    public void Add(double ms, long bytes)
    {
        if (ms is not (>= 0 and < MostSeconds * 1000.0) || bytes <= 0) return;
        var second = (int)(ms / 1000);
        while (_bytes.Count <= second) _bytes.Add(0);
        _bytes[second] += bytes;
    }

    /// <summary>0 (nothing moved) to 9, second by second.</summary>
    public IReadOnlyList<int> Levels() => _bytes.ConvertAll(
        b => b < Still ? 0 : Math.Min(Highest, 1 + (int)Math.Log2((double)b / Still)));
}
