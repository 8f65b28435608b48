using System.Globalization;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;

namespace Hawser.Bench.Suites;

/// <summary>A moving desk on a thin path: how long control waits behind the pictures.</summary>
internal static class DeskLink
{
    private const int Kilobits = 5000;
    private const int RoundTrip = 20;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("desk-link", "A desk on a path of 5 Mbit/s");
        report.Note($"Two network namespaces joined by a path of {Kilobits / 1000} Mbit/s and {RoundTrip} ms. The desk is noise that "
            + "changes 30 times a second, the wished quality more than the path carries. Every 50 ms the viewer sends a probe that the "
            + "host sends back at once: the age is its round trip. Acknowledged, as our controller does, and not, as others do.");
        var rows = new List<string[]>();
        foreach (var acknowledges in new[] { true, false })
        {
            var samples = new List<Sample>();
            for (var round = 0; round < bench.Arguments.Rounds; round++) samples.Add(Measure(bench, acknowledges, round));
            double Median(string figure) => Figures.Median(samples.Select(s => s[figure]));
            var name = acknowledges ? "acknowledged" : "not acknowledged";
            rows.Add([name, Figures.Text(Median("p50")), Figures.Text(Median("p99")), Figures.Text(Median("kbit_s")),
                Figures.Text(Median("pictures_s"))]);
            report.Add(new Goal($"control behind pictures, p99, {name}", "", Median("p99"), 150, AtLeast: false, "ms"));
        }

        report.Table(["", "round trip p50 ms", "round trip p99 ms", "kbit/s", "pictures/s"], rows);
        return report;
    }

    private static Sample Measure(BenchContext bench, bool acknowledges, int seed)
    {
        string[] End(string role) =>
        [
            "dotnet", typeof(DeskLink).Assembly.Location, "desk-end", role, acknowledges ? "acknowledged" : "free",
            bench.Arguments.Seconds.ToString(CultureInfo.InvariantCulture),
        ];
        var output = Child.Run(bench.Tools.InWork("lossypath"),
            ["-d", $"{RoundTrip / 2}", "-l", "0", "-r", $"{Kilobits}", "-s", $"{seed + 1}", "--", .. End("host"), "--", .. End("viewer")]);
        return Sample.Parse(output);
    }
}
