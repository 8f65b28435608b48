using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>100,000 connections opened and left on P, P-1 and R: does the server go on serving those who speak?</summary>
internal static class OpenedAndLeft
{
    private const int Holders = 8;
    private const int Each = 12_500;
    private const int HostsEach = 12;

    // The limits that matter here are the defaults; only those that stop honest generators on one machine are lifted.
    private static readonly string[] Options =
    [
        "--rendezvous-key-registrations-per-minute", "1000000", "--rendezvous-new-ids-per-day", "10000000",
        "--rendezvous-introductions-per-minute", "1000000", "--rendezvous-pushes-per-minute", "10000000",
        "--rendezvous-new-connections-per-minute", "10000000",
    ];

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("opened-and-left", "Connections opened and left");
        using var server = HawserServer.Start(bench, null, Options);
        Punch.Call(bench, server, 2);
        var before = Punch.Call(bench, server, 5);
        var holders = new List<Child>();
        int[] ports = [server.Rendezvous, server.Relay, server.Rendezvous - 1, server.Rendezvous];
        for (var i = 0; i < Holders; i++)
        {
            holders.Add(bench.Tools.StartGenerator("hold", "-p", $"{ports[i % ports.Length]}", "-n", $"{Each}",
                "-h", $"{100 + (i * HostsEach)}", "-H", $"{HostsEach}"));
        }

        var during = Punch.Call(bench, server, 15);
        var closed = Refusals(server);
        var pss = ProcessReading.PssKib(server.Pid);
        foreach (var holder in holders) holder.Dispose();
        Thread.Sleep(5000);
        var after = Punch.Call(bench, server, 5);
        report.Note($"{Holders * Each:N0} connections from {Holders * HostsEach} addresses, opened as fast as the system lets "
            + $"them and never used, half on P, a quarter each on R and P-1; meanwhile 100 introductions a second. PSS then "
            + $"{pss / 1024:N0} MiB. Counted as refused or closed by the server: {closed}.");
        report.Table(
            ["", "introductions answered", "of asked", "p50 us", "p99 us"],
            new (string Name, Sample Sample)[] { ("before", before), ("during", during), ("5 s after they were dropped", after) }
                .Select(r => new[]
                {
                    r.Name, Figures.Text(r.Sample["answered"]), Figures.Text(r.Sample["asked"]), Figures.Text(r.Sample["p50"]),
                    Figures.Text(r.Sample["p99"]),
                }));
        report.Add(new Goal("introductions answered meanwhile", "asked", during["answered"] / during["asked"], 0.99, AtLeast: true));
        report.Add(new Goal("introductions answered afterwards", "asked", after["answered"] / after["asked"], 0.999, AtLeast: true));
        return report;
    }

    private static string Refusals(HawserServer server) => string.Join(", ", server.Metrics()
        .Where(m => m.Value > 0 && (m.Key.StartsWith("hawser_rendezvous_connections_closed", StringComparison.Ordinal)
            || m.Key.StartsWith("hawser_relay_refus", StringComparison.Ordinal)
            || m.Key.StartsWith("hawser_relay_joins", StringComparison.Ordinal)))
        .Select(m => $"`{m.Key}` {m.Value:N0}"));
}
