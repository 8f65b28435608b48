using System.Globalization;
using Shouldly;

namespace Hawser.Server.Tests.Metrics;

/// <summary>What <c>/metrics</c> said over HTTP at one moment.</summary>
internal sealed class Scrape
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    private Scrape(string text)
    {
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            var space = line.LastIndexOf(' ');
            _values[line[..space]] = double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>A series as Prometheus shows it; 0 when it is not there yet.</summary>
    public double this[string series] => _values.GetValueOrDefault(series);

    public static async Task<Scrape> OfAsync(Uri http)
    {
        using var client = new HttpClient();
        return new Scrape(await client.GetStringAsync(new Uri(http, "metrics")));
    }

    /// <summary>Scrapes until something shows; the last one is returned either way, so that the test says what differs.</summary>
    public static async Task<Scrape> UntilAsync(Uri http, Func<Scrape, bool> shows, int seconds = 30)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var scrape = await OfAsync(http);
            if (shows(scrape) || TimeProvider.System.GetElapsedTime(begun).TotalSeconds > seconds) return scrape;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Scrapes until a family has risen by exactly this: what is counted may be counted behind what was seen.</summary>
    public static async Task<Scrape> RiseAsync(
        Uri http, Scrape before, string family, string tag, params (string Value, double By)[] series)
    {
        var wanted = series.ToDictionary(s => $"{{{tag}=\"{s.Value}\"}}", s => s.By, StringComparer.Ordinal);
        var scrape = await UntilAsync(http, s => IsSame(s.RisenSince(before, family), wanted));
        scrape.RisenSince(before, family).ShouldBe(wanted, ignoreOrder: true);
        return scrape;
    }

    /// <summary>Which of some series rose since, and by how much; the others must not show up here.</summary>
    public Dictionary<string, double> RisenSince(Scrape before, string family) => _values
        .Where(v => v.Key.StartsWith(family, StringComparison.Ordinal) && v.Value > before[v.Key])
        .ToDictionary(v => v.Key[family.Length..], v => v.Value - before[v.Key], StringComparer.Ordinal);

    private static bool IsSame(Dictionary<string, double> risen, Dictionary<string, double> wanted) =>
        risen.Count == wanted.Count && wanted.All(w => risen.GetValueOrDefault(w.Key) == w.Value);
}
