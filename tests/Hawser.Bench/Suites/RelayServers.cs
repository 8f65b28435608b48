using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>The relays of one suite, all running, and how the generator reaches each.</summary>
internal sealed class RelayServers : IDisposable
{
    public const string Direct = "direct, no relay";
    public const string Haproxy = "haproxy splice";
    public const string Nginx = "nginx stream 128 KiB";
    public const string Standin = "Tokio stand-in";
    public const string Hawser = "hawser";

    private readonly BenchContext _bench;
    private readonly int _sink = Ports.Block(1);
    private readonly List<(string Name, int Pid, string[] How)> _relays = [];
    private readonly List<IDisposable> _running = [];

    private RelayServers(BenchContext bench) => _bench = bench;

    public static RelayServers Start(BenchContext bench)
    {
        var made = new RelayServers(bench);
        var port = Ports.Block(3);
        made._relays.Add((Direct, 0, ["-s", $"{made._sink}"]));
        made.Add(Haproxy, Anchors.Haproxy(bench, port, made._sink), port);
        made.Add(Nginx, Anchors.Nginx(bench, port + 1, made._sink), port + 1);
        if (Anchors.StandinRelay(bench, port + 2, made._sink) is { } standin) made.Add(Standin, standin, port + 2);
        var server = HawserServer.Start(bench);
        made._running.Add(server);
        made._relays.Add((Hawser, server.Pid, ["-r", $"{server.Relay}", "-P", $"{server.Pid}", "-u", server.Key]));
        Thread.Sleep(500);
        made.RefuseEnded();
        return made;
    }

    /// <summary>Everybody, measured with the same arguments; the one without a relay comes first.</summary>
    public List<Candidate> Candidates(params string[] args) =>
        [.. _relays.Select(r => new Candidate(r.Name, () => _bench.Tools.Generate("tcpload", [.. r.How, .. args])))];

    /// <summary>Every byte there and back through each, in a run that is not timed.</summary>
    public void Verify(SuiteReport report, int pairs, int bytes)
    {
        foreach (var relay in _relays)
        {
            var sample = _bench.Tools.Generate("tcpload", [.. relay.How, "-m", "verify", "-n", $"{pairs}", "-B", $"{bytes}"]);
            if ((int)sample["verified"] == pairs && sample["bad"] == 0) continue;
            throw new InvalidOperationException($"{relay.Name} does not carry data intact: {sample.Json}");
        }

        report.Note($"Data check, not timed: {pairs} pairs x {bytes:N0} bytes there and back, every byte right in all of them.");
    }

    public void Dispose()
    {
        foreach (var running in _running) running.Dispose();
    }

    // A relay that ended at once, for want of a module or a port, is named here and not by a generator that is refused.
    private void RefuseEnded()
    {
        var children = _running.OfType<Child>();
        if (children.FirstOrDefault(c => c.HasExited) is not { } ended) return;
        var name = _relays.First(r => r.Pid == ended.Pid).Name;
        throw new InvalidOperationException($"{name} ended at once: {ended.Errors}");
    }

    private void Add(string name, Child child, int port)
    {
        _running.Add(child);
        _relays.Add((name, child.Pid, ["-r", $"{port}", "-s", $"{_sink}", "-P", $"{child.Pid}"]));
    }
}
