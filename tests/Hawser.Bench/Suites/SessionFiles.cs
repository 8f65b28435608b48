using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>Files over an encrypted session against scp and bare TCP; what sealing costs; what an idle session holds.</summary>
internal static class SessionFiles
{
    private const string Ours = "session";
    private const string Scp = "scp";
    private const string Tcp = "bare TCP";
    private const int Mebibytes = 256;
    private const int Frame = 64 * 1024;
    private const int FewSessions = 20;
    private const int MoreSessions = 100;
    private static readonly string[] Ways = ["from the host", "to the host"];

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("session-files", "Files, sealing and memory of a session");
        bench.Tools.Compile("filecopy");
        bench.Tools.Compile("boxspeed", "-lsodium");
        var folder = Directory.CreateDirectory(Path.Combine(
            Directory.Exists("/dev/shm") ? "/dev/shm" : bench.Tools.Work, $"hawser-session-files-{Environment.ProcessId}")).FullName;
        try
        {
            using var host = StartEnd("host", $"{Ports.Block(1)}", out var port);
            using var ssh = SshServer.Start(bench);
            Transfers(bench, report, new Place(folder, host.Pid, port, ssh));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Sealing(bench, report);
        Idle(report);
        return report;
    }

    private static void Transfers(BenchContext bench, SuiteReport report, Place place)
    {
        var (source, empty, target) = (place.In("source.bin"), place.In("empty.bin"), place.In("target.bin"));
        File.WriteAllBytes(source, RandomNumberGenerator.GetBytes(Mebibytes << 20));
        File.WriteAllBytes(empty, []);
        var hash = Hash(source);
        var rows = new List<string[]>();
        foreach (var way in Ways)
        {
            var get = way == Ways[0];
            var candidates = new Dictionary<string, Func<Sample>>(StringComparer.Ordinal)
            {
                [Tcp] = () => Sample.Parse(Child.Run(bench.Tools.InWork("filecopy"), [source, target])),
                [Scp] = () => ByScp(place, get, source, empty, target),
                [Ours] = () => BySession(place, get, source, target),
            };
            var order = candidates.Select(c => new Candidate(c.Key, () =>
            {
                File.Delete(target);
                var sample = c.Value();
                if (Hash(target) != hash) throw new InvalidOperationException($"{c.Key} {way}: the file is another one");
                return sample;
            })).ToList();
            // Once unmeasured: pages and code are warm for everybody then.
            foreach (var candidate in order) candidate.Measure();
            var rounds = Rounds.Run(bench.Arguments with { MaxForeign = 1 }, report, $"files {way}", order, _ => 1);
            rows.AddRange(order.Select(c => new[]
            {
                way, c.Name, Figures.Text(rounds.Best(c.Name, s => s.GigabytesPerSecond * 1000)),
                Figures.Text(rounds.Median(c.Name, s => s.GigabytesPerSecond * 1000)),
                Figures.Text(rounds.Median(c.Name, s => s.CpuPerGigabyte)),
            }));
            report.Add(new Goal($"file {way}, median of rounds", "scp", rounds.Ratio(Ours, Scp, s => s.GigabytesPerSecond), 1, AtLeast: true));
            report.Add(new Goal($"file {way}, CPU-s/GB of both ends", "scp", rounds.Ratio(Ours, Scp, s => s.CpuPerGigabyte), 1, AtLeast: false));
        }

        report.Note($"One file of {Mebibytes} MiB of noise in memory (tmpfs), one connection on loopback, both ends processes; every copy is "
            + "hashed, not timed. A session is encrypted, logged in before the clock runs; scp has its own defaults, and the time and CPU of "
            + "an empty file are taken off. CPU is that of both ends. Bare TCP is a C program with read and write and no cipher.");
        report.Table(["way", "by", "MB/s best", "MB/s median", "CPU-s/GB"], rows);
    }

    private static Sample BySession(Place place, bool get, string source, string target)
    {
        var before = ProcessReading.CpuSeconds(place.Host);
        var output = Child.Run("dotnet", End(get ? "get" : "put", $"{place.Port}", get ? source : target, get ? target : source));
        var sample = Sample.Parse(output);
        return sample.With("server_cpu", sample["own_cpu"] + ProcessReading.CpuSeconds(place.Host) - before);
    }

    private static Sample ByScp(Place place, bool get, string source, string empty, string target)
    {
        (double Seconds, double Cpu) Take(string what)
        {
            var before = Cpu(place);
            var clock = Stopwatch.StartNew();
            if (get) place.Ssh.Copy(":" + what, target);
            else place.Ssh.Copy(what, ":" + target);
            var seconds = clock.Elapsed.TotalSeconds;
            // The server's child ends a moment after the client.
            Thread.Sleep(300);
            return (seconds, Cpu(place) - before);
        }

        var start = Take(empty);
        var whole = Take(source);
        return Sample.Of(("bytes", Mebibytes << 20), ("seconds", whole.Seconds - start.Seconds), ("server_cpu", whole.Cpu - start.Cpu));
    }

    private static double Cpu(Place place) =>
        ProcessReading.CpuSeconds(place.Ssh.Pid) + ProcessReading.CpuSeconds(Environment.ProcessId);

    private static void Sealing(BenchContext bench, SuiteReport report)
    {
        var seconds = Math.Min(bench.Arguments.Seconds, 2).ToString(CultureInfo.InvariantCulture);
        List<Candidate> candidates =
        [
            new("libsodium in C", () => Sample.Parse(Child.Run(bench.Tools.InWork("boxspeed"), [seconds, $"{Frame}"]))),
            new(Ours, () => Sample.Parse(Child.Run("dotnet", End("box", seconds, $"{Frame}")))),
        ];
        var rounds = Rounds.Run(bench.Arguments with { MaxForeign = 1 }, report, "secretbox", candidates, _ => 1);
        report.Note("Secretbox: frames of 64 KiB sealed and opened in place, one thread, a GB counted once.");
        report.Table(["", "MB/s best", "CPU-s/GB"], candidates.Select(c => new[]
        {
            c.Name, Figures.Text(rounds.Best(c.Name, s => s.GigabytesPerSecond * 1000)), Figures.Text(rounds.Median(c.Name, s => s.CpuPerGigabyte)),
        }));
        // By CPU time, which others that use the machine do not change much.
        report.Add(new Goal("secretbox, bytes a CPU second", "libsodium in C", rounds.Ratio(Ours, candidates[0].Name, s => 1 / s.CpuPerGigabyte), 0.95,
            AtLeast: true));
    }

    private static void Idle(SuiteReport report)
    {
        using var host = StartEnd("host", $"{Ports.Block(1)}", out var port);
        using var few = StartIdle(port, FewSessions);
        var before = ProcessReading.PssKib(host.Pid);
        using var more = StartIdle(port, MoreSessions);
        var each = (ProcessReading.PssKib(host.Pid) - before) / MoreSessions;
        report.Note($"An idle session: growth of the host's PSS from {FewSessions} to {FewSessions + MoreSessions} encrypted sessions that are "
            + $"logged in and do nothing, garbage included: {Figures.Text(each)} KiB each.");
    }

    private static Child StartIdle(int port, int count) => Ready(Child.Start("dotnet", End("idle", $"{port}", $"{count}")));

    private static Child StartEnd(string role, string portText, out int port)
    {
        port = int.Parse(portText, CultureInfo.InvariantCulture);
        return Ready(Child.Start("dotnet", End(role, portText)));
    }

    private static Child Ready(Child child)
    {
        var clock = Stopwatch.StartNew();
        while (child.Output.Length == 0)
        {
            if (child.HasExited || clock.Elapsed.TotalSeconds > 60) throw new InvalidOperationException($"an end did not start: {child.Errors}");
            Thread.Sleep(20);
        }

        return child;
    }

    private static string[] End(params string[] args) => [typeof(SessionFiles).Assembly.Location, "file-end", .. args];

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    private sealed record Place(string Folder, int Host, int Port, SshServer Ssh)
    {
        public string In(string name) => Path.Combine(Folder, name);
    }
}
