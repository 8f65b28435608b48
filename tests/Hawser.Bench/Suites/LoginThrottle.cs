using System.Net;
using System.Text;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>What guessing costs the server: a login that is slowed down, against one that is tried, and against nothing.</summary>
internal static class LoginThrottle
{
    private const string Password = "the right password of this suite";
    private const int Allowed = 10;
    private const int Throttled = 2000;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("login-throttle", "Logins that are slowed down");
        using var server = HawserServer.Start(
            bench, new Dictionary<string, string>(StringComparer.Ordinal) { ["HAWSER_ADMIN_PASSWORD"] = Password });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };
        Warm(http);
        var (rights, refusals, unknowns) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Math.Max(3, bench.Arguments.Rounds); round++)
        {
            rights.Add(Cpu(server, Allowed, () => Expect(http, "admin", Password, HttpStatusCode.OK)));
            Guess(http, $"nobody{round}");
            refusals.Add(Cpu(
                server, Throttled, () => Expect(http, $"nobody{round}", "a guess", HttpStatusCode.TooManyRequests)));
            unknowns.Add(Cpu(server, Throttled, () => Unknown(http)));
        }

        var (right, refusal, unknown) = (Figures.Median(rights), Figures.Median(refusals), Figures.Median(unknowns));
        report.Note($"One address, kept-alive connection; per round {Allowed} right logins, guesses at another name until they are "
            + $"refused, then {Throttled} more guesses and {Throttled} requests for a route that is not there. Medians of rounds.");
        report.Table(
            ["request", "server CPU us each"],
            [
                ["a login with the right password (Argon2id)", Figures.Text(right)],
                ["a guess that is refused by the throttle", Figures.Text(refusal)],
                ["a route that is not there (404)", Figures.Text(unknown)],
            ]);
        report.Add(new Goal("CPU of a refused guess", "a login", refusal / right, 0.02, AtLeast: false));
        report.Add(new Goal("CPU of a refused guess", "a 404", refusal / unknown, 3, AtLeast: false));
        return report;
    }

    private static double Cpu(HawserServer server, int times, Action action)
    {
        var before = ProcessReading.CpuSeconds(server.Pid);
        for (var i = 0; i < times; i++) action();
        return (ProcessReading.CpuSeconds(server.Pid) - before) * 1e6 / times;
    }

    private static void Warm(HttpClient http)
    {
        for (var i = 0; i < 3; i++) Expect(http, "admin", Password, HttpStatusCode.OK);
        Guess(http, "warm");
        for (var i = 0; i < Throttled; i++)
        {
            Expect(http, "warm", "a guess", HttpStatusCode.TooManyRequests);
            Unknown(http);
        }
    }

    private static void Guess(HttpClient http, string name)
    {
        for (var i = 0; i < 50; i++)
        {
            if (Login(http, name, "a guess") == HttpStatusCode.TooManyRequests) return;
        }

        throw new InvalidOperationException("guessing was never slowed down");
    }

    private static void Expect(HttpClient http, string name, string password, HttpStatusCode expected)
    {
        if (Login(http, name, password) is var status && status != expected)
        {
            throw new InvalidOperationException($"a login of {name} was answered with {(int)status}");
        }
    }

    private static HttpStatusCode Login(HttpClient http, string name, string password)
    {
        var body = $"{{\"username\":\"{name}\",\"password\":\"{password}\",\"id\":\"100000001\",\"uuid\":\"dXVpZA==\"}}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/login")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = http.Send(request);
        return response.StatusCode;
    }

    private static void Unknown(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/there-is-no-such-thing")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        using var response = http.Send(request);
        if (response.StatusCode != HttpStatusCode.NotFound) throw new InvalidOperationException(response.StatusCode.ToString());
    }
}
