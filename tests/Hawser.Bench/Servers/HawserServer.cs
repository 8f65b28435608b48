using System.Globalization;
using System.Net;
using Hawser.Bench.Machine;

namespace Hawser.Bench.Servers;

/// <summary>A <c>hawser serve</c> on ports and a data folder of its own.</summary>
internal sealed class HawserServer : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    // Nothing that a generator on one machine would run into; the soak sets its own.
    public static readonly string[] Unlimited =
    [
        "--relay-single-bandwidth", "0", "--relay-total-bandwidth", "0", "--relay-connections-per-address", "10000000",
        "--relay-max-waiting", "1000000", "--rendezvous-key-registrations-per-minute", "1000000",
        "--rendezvous-new-ids-per-day", "10000000", "--rendezvous-new-ids-per-minute", "10000000",
        "--rendezvous-pushes-per-minute", "10000000", "--rendezvous-introductions-per-minute", "1000000",
        "--rendezvous-connections-per-address", "1000000",
    ];

    private readonly Child _child;
    private readonly int _first;

    private HawserServer(Child child, int first, string data)
    {
        _child = child;
        _first = first;
        Data = data;
    }

    /// <summary>P; P-1 and P+2 belong to it too.</summary>
    public int Rendezvous => _first + 1;

    public int Relay => _first + 4;

    public int HttpPort => _first + 8;

    public int RecorderPort => _first + 10;

    /// <summary>Where recordings are kept.</summary>
    public string Recordings => Path.Combine(Data, "recordings");

    public int Pid => _child.Pid;

    public bool HasExited => _child.HasExited;

    public string Log => _child.Errors;

    public string Data { get; }

    /// <summary>The key that clients present.</summary>
    public string Key => File.ReadAllText(Path.Combine(Data, "id_ed25519.pub")).Trim();

    /// <summary>Starts it and does not wait.</summary>
    public static HawserServer Launch(BenchContext bench, string data, params string[] more) =>
        Launch(bench, data, environment: null, more);

    /// <summary>Starts it with variables of its own, waits until it is ready.</summary>
    public static HawserServer Start(BenchContext bench, IReadOnlyDictionary<string, string> environment)
    {
        var server = Launch(bench, NewData(bench), environment);
        server.WaitReady(30);
        return server;
    }

    private static HawserServer Launch(
        BenchContext bench, string data, IReadOnlyDictionary<string, string>? environment, params string[] more)
    {
        var first = Ports.Block(12);
        List<string> args =
        [
            "serve", "--data", data, "--rendezvous-port", $"{first + 1}", "--relay-port", $"{first + 4}",
            "--http-port", $"{first + 8}", "--recorder-port", $"{first + 10}", "--log-level", "warning",
        ];
        if (bench.Arguments.Bind.Length > 0) args.AddRange(["--bind", bench.Arguments.Bind]);
        args.AddRange(more.Length > 0 ? more : Unlimited);
        return new HawserServer(Child.Start(bench.Tools.Hawser, args, environment: environment), first, data);
    }

    /// <summary>Starts it on a new data folder, or a prepared one, and waits until it is ready.</summary>
    public static HawserServer Start(BenchContext bench, string? data = null, params string[] more)
    {
        var server = Launch(bench, data ?? NewData(bench), more);
        server.WaitReady(30);
        return server;
    }

    public static string NewData(BenchContext bench)
    {
        var folder = bench.Tools.InWork($"data-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    public void WaitReady(double seconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (Get("/health/ready") != HttpStatusCode.OK)
        {
            if (HasExited) throw new InvalidOperationException("hawser ended at once: " + Log);
            if (TimeProvider.System.GetElapsedTime(start).TotalSeconds > seconds)
            {
                throw new TimeoutException("hawser was never ready: " + Log);
            }

            Thread.Sleep(2);
        }
    }

    /// <summary>Every line of /metrics that has a value, by name and labels.</summary>
    public IReadOnlyDictionary<string, double> Metrics()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{HttpPort}/metrics");
        using var response = Http.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var read = new Dictionary<string, double>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var space = line.LastIndexOf(' ');
            if (line.StartsWith('#') || space < 0) continue;
            if (double.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out var value)) read[line[..space]] = value;
        }

        return read;
    }

    /// <summary>The sum of a metric over its labels; not a number when it is not there.</summary>
    public double Metric(string part)
    {
        var found = Metrics().Where(m => m.Key.Contains(part, StringComparison.Ordinal)).ToArray();
        return found.Length == 0 ? double.NaN : found.Sum(m => m.Value);
    }

    public void Kill() => _child.Kill();

    public void Dispose()
    {
        _child.Dispose();
        if (Data.Contains("/data-", StringComparison.Ordinal) && Directory.Exists(Data)) Directory.Delete(Data, true);
    }

    private HttpStatusCode? Get(string path)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{HttpPort}{path}");
            using var response = Http.Send(request);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
