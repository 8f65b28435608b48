namespace Hawser.Bench.Reports;

/// <summary>Somebody who is measured in every round.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Measure">Measures one window.</param>
internal sealed record Candidate(string Name, Func<Sample> Measure);

/// <summary>
/// Interleaved rounds: everybody within seconds, in alternating order. A round in which others used the machine is
/// thrown away, and nothing is reported when the ceiling itself moved too much.
/// </summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, List<Sample>> _samples = new(StringComparer.Ordinal);

    private Rounds() { }

    public int Kept { get; private set; }

    public int Discarded { get; private set; }

    /// <summary>Why no verdict may be drawn; empty when one may.</summary>
    public string Refusal { get; private set; } = "";

    public IReadOnlyList<Sample> Of(string name) => _samples.TryGetValue(name, out var all) ? all : [];

    public bool Has(string name) => Of(name).Count > 0;

    public static Rounds Run(BenchArguments arguments, SuiteReport report, string what,
        IReadOnlyList<Candidate> candidates, Func<Sample, double> ceiling)
    {
        var made = new Rounds();
        foreach (var c in candidates) made._samples[c.Name] = [];
        for (var round = 0; made.Kept < arguments.Rounds && round < arguments.Rounds * 3; round++)
        {
            var order = round % 2 == 0 ? candidates : [.. candidates.Reverse()];
            var measured = order.Select(c => (c.Name, Sample: c.Measure())).ToList();
            var worst = measured.Max(m => m.Sample.Disturbance);
            Console.WriteLine($"  {what}, round {round + 1}: {worst:P0} foreign" + (worst > arguments.MaxForeign ? ", discarded" : ""));
            if (worst > arguments.MaxForeign)
            {
                made.Discarded++;
                continue;
            }

            made.Kept++;
            foreach (var (name, sample) in measured)
            {
                made._samples[name].Add(sample);
                report.Keep($"{what}: {name}", sample);
            }
        }

        made.Judge(candidates[0].Name, ceiling, arguments.Rounds);
        return made;
    }

    /// <summary>The median of the per-round ratios of two candidates.</summary>
    public double Ratio(string of, string to, Func<Sample, double> figure)
    {
        if (Refusal.Length > 0 || !Has(of) || !Has(to)) return double.NaN;
        return Figures.Median(Of(of).Zip(Of(to), (a, b) => figure(a) / figure(b)));
    }

    /// <summary>The ratio of the best windows of two candidates.</summary>
    public double BestRatio(string of, string to, Func<Sample, double> figure)
    {
        if (Refusal.Length > 0 || !Has(of) || !Has(to)) return double.NaN;
        return Figures.Best(Of(of).Select(figure)) / Figures.Best(Of(to).Select(figure));
    }

    public double Median(string name, Func<Sample, double> figure) => Figures.Median(Of(name).Select(figure));

    public double Best(string name, Func<Sample, double> figure) => Figures.Best(Of(name).Select(figure));

    public string Summary => $"{Kept} rounds kept, {Discarded} discarded because others used the machine."
        + (Refusal.Length > 0 ? $" **No verdict: {Refusal}.**" : "");

    private void Judge(string first, Func<Sample, double> ceiling, int wanted)
    {
        var values = Of(first).Select(ceiling).Where(double.IsFinite).ToArray();
        if (Kept < wanted) Refusal = $"only {Kept} of {wanted} rounds were undisturbed";
        else if (values.Length > 1 && values.Max() / values.Min() > 2)
        {
            Refusal = $"the ceiling varied {values.Max() / values.Min():0.0}-fold between rounds";
        }
    }
}
