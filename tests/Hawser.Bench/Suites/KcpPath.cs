using System.Globalization;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;

namespace Hawser.Bench.Suites;

/// <summary>KCP against TCP on a path that delays and loses, the same for both.</summary>
internal static class KcpPath
{
    private static readonly (int RoundTrip, double Loss)[] Conditions = [(50, 1), (50, 0), (10, 1), (200, 2)];

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("kcp", "KCP on a path that loses");
        report.Note("Two network namespaces joined by a program that delays every packet by half of the round trip and loses the "
            + "given share in each direction. One way, after 2 s; MB/s, median of rounds, in turn: the kernel's TCP with CUBIC, which is "
            + "what desks use, and with BBR, which does not take loss for congestion; KCP with the field's parameters.");
        var rows = new List<string[]>();
        foreach (var (roundTrip, loss) in Conditions)
        {
            var (cubic, bbr, kcp) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < bench.Arguments.Rounds; round++)
            {
                cubic.Add(Measure(bench, "cubic", roundTrip, loss, round));
                kcp.Add(Measure(bench, "kcp", roundTrip, loss, round));
                bbr.Add(Measure(bench, "bbr", roundTrip, loss, round));
            }

            var toCubic = Ratio(kcp, cubic);
            var toBbr = Ratio(kcp, bbr);
            rows.Add([$"{roundTrip} ms", $"{loss} %", Figures.Text(Figures.Median(cubic)), Figures.Text(Figures.Median(bbr)),
                Figures.Text(Figures.Median(kcp)), Figures.Text(toCubic), Figures.Text(toBbr)]);
            if ((roundTrip, loss) != (50, 1)) continue;
            report.Add(new Goal("KCP at 50 ms and 1 % loss", "TCP, CUBIC", toCubic, 3, AtLeast: true));
        }

        report.Table(["round trip", "loss", "CUBIC MB/s", "BBR MB/s", "KCP MB/s", "KCP to CUBIC, median of rounds", "KCP to BBR"], rows);
        return report;
    }

    private static double Measure(BenchContext bench, string protocol, int roundTrip, double loss, int seed)
    {
        string[] End(string role) =>
            ["dotnet", typeof(KcpPath).Assembly.Location, "path-end", role, protocol, Text(bench.Arguments.Seconds)];
        var output = Child.Run(bench.Tools.InWork("lossypath"),
            ["-d", Text(roundTrip / 2.0), "-l", Text(loss), "-s", $"{seed + 1}", "--", .. End("send"), "--", .. End("receive")]);
        return Sample.Parse(output)["mb_s"];
    }

    private static double Ratio(List<double> ours, List<double> theirs) =>
        Figures.Median(ours.Zip(theirs, (our, their) => our / their));

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
