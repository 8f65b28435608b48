using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Http;

/// <summary>The HTTP port with a certificate: real handshakes, renewal, the plain port beside it, and proofs for authorities.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string CertificateFile => Path.Combine(_folder.Path, "fullchain.pem");

    private string KeyFile => Path.Combine(_folder.Path, "privkey.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_certificate_that_expires_soon_is_an_alarm_and_one_that_has_another()
    {
        Write("soon", days: 10);
        await using var hawser = await StartAsync();
        using var api = new ApiClient(hawser);
        var watch = api.Services.GetRequiredService<ServerWatch>();
        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
        (await ToldAsync()).ShouldBe(["expires soon"]);
        Write("over", days: -0.5);
        hawser.Node.Certificate!.Refresh().ShouldBeTrue();
        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
        (await ToldAsync()).ShouldBe(["expires soon", "expired"]);
        Write("new");
        hawser.Node.Certificate!.Refresh().ShouldBeTrue();
        await watch.LookAsync(CancellationToken.None);
        (await ToldAsync()).Count.ShouldBe(2);
        await api.Services.GetRequiredService<SettingsStore>().SetAsync(
            WatchSettings.Key, new WatchSettings { CertificateExpires = false }, CancellationToken.None);
        Write("over", days: -0.5);
        hawser.Node.Certificate!.Refresh().ShouldBeTrue();
        await watch.LookAsync(CancellationToken.None);
        (await ToldAsync()).Count.ShouldBe(2);

        async Task<List<string>> ToldAsync()
        {
            await using var db = api.OpenDb();
            var rows = await db.AlarmAudits.Where(a => a.Type == AlarmTexts.CertificateExpires).OrderBy(a => a.CreatedAt)
                .Select(a => a.Info).ToListAsync();
            return rows.ConvertAll(info => JsonDocument.Parse(info).RootElement.GetProperty("state").GetString()!);
        }
    }

    [Fact]
    public async Task The_port_speaks_TLS_tells_browsers_to_stay_and_carries_everything()
    {
        var thumbprint = Write("first.example");
        await using var hawser = await StartAsync();
        using var http = new Client(hawser);

        using var live = await http.SeeAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        live.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000"]);
        http.Thumbprint.ShouldBe(thumbprint);
        using var ready = await http.SeeAsync("/health/ready");
        (await ready.Content.ReadAsStringAsync()).ShouldContain("\"certificate\":\"ready\"");
        var facts = hawser.Node.Certificate!.Facts;
        (facts.Thumbprint, facts.State, facts.File).ShouldBe((thumbprint, "ready", CertificateFile));
        facts.Subject.ShouldBe("CN=first.example");
        facts.NotAfter.ShouldBeGreaterThan(facts.NotBefore);
        using var api = await http.SeeAsync("/api/login-options");
        api.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback =
            (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint;
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{hawser.HttpPort}/ws/id"), CancellationToken.None);
        socket.State.ShouldBe(WebSocketState.Open);
        socket.Abort();

        // Who speaks plainly there is not understood, and nothing breaks.
        using var plain = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => plain.GetAsync(new Uri($"http://127.0.0.1:{hawser.HttpPort}/health/live")));
        using var again = await http.SeeAsync("/health/live");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_session_of_the_console_is_for_HTTPS_only()
    {
        Write("first.example");
        await using var hawser = await StartAsync();
        using var rig = new ApiClient(hawser);
        await rig.AddUserAsync("mara");
        using var http = new Client(hawser);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/console/sign-in");
        request.Headers.Add("X-Hawser-Console", "1");
        request.Content = new StringContent($$"""{"name":"mara","password":"{{ApiClient.Password}}"}""", Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("Set-Cookie").ShouldContain(c => c.StartsWith("hawser_session=", StringComparison.Ordinal)
            && c.Contains("secure", StringComparison.OrdinalIgnoreCase) && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_over_without_a_restart_and_a_broken_one_is_not()
    {
        Write("first.example");
        await using var hawser = await StartAsync();
        (await ThumbprintAsync(hawser)).ShouldBe(hawser.Node.Certificate!.Thumbprint);

        var second = Write("second.example");
        // As the heartbeat does, every ten seconds.
        for (var i = 0; i < 10; i++) hawser.Node.Certificate.Tick();
        (await ThumbprintAsync(hawser)).ShouldBe(second);

        File.WriteAllText(CertificateFile, "nothing of the kind");
        hawser.Node.Apply(hawser.Options);
        (await ThumbprintAsync(hawser)).ShouldBe(second);
        hawser.Log.ShouldContain("can't be used, the one before goes on");

        var third = Write("third.example");
        // As SIGHUP does.
        hawser.Node.Apply(hawser.Options);
        (await ThumbprintAsync(hawser)).ShouldBe(third);
    }

    [Fact]
    public async Task A_certificate_behind_a_link_is_followed_as_certbot_renews_it()
    {
        Write("first.example");
        foreach (var file in new[] { CertificateFile, KeyFile })
        {
            File.Move(file, file + ".1");
            File.CreateSymbolicLink(file, file + ".1");
        }

        await using var hawser = await StartAsync();
        var before = hawser.Node.Certificate!.Thumbprint;
        foreach (var file in new[] { CertificateFile, KeyFile }) File.Delete(file);
        var second = Write("second.example");
        foreach (var file in new[] { CertificateFile, KeyFile })
        {
            File.Move(file, file + ".2");
            File.CreateSymbolicLink(file, file + ".2");
        }

        hawser.Node.Certificate.Refresh().ShouldBeTrue();
        hawser.Node.Certificate.Thumbprint.ShouldBe(second);
        second.ShouldNotBe(before);
    }

    [Fact]
    public async Task The_plain_port_sends_everybody_to_HTTPS_with_what_they_sent()
    {
        Write("first.example");
        await using var hawser = await StartAsync(o => o.Http.PlainPort = o.Http.Port + 9);
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{hawser.Options.Http.PlainPort}"),
        };

        using var moved = await plain.PostAsync(new Uri("/api/login?x=%25a&y=b%20c", UriKind.Relative), new StringContent("{}"));
        ((int)moved.StatusCode).ShouldBe(308, "a POST stays one");
        moved.Headers.Location!.OriginalString.ShouldBe($"https://127.0.0.1:{hawser.HttpPort}/api/login?x=%25a&y=b%20c");
        moved.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        using var live = await plain.GetAsync(new Uri("/health/live", UriKind.Relative));
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_plain_port_serves_clients_that_know_no_HTTPS_when_it_is_told_to()
    {
        Write("first.example");
        await using var hawser = await StartAsync(o => (o.Http.PlainPort, o.Http.Plain) = (o.Http.Port + 9, PlainMode.Serve));
        using var plain = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hawser.Options.Http.PlainPort}") };
        using var answer = await plain.GetAsync(new Uri("/api/login-options", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Proofs_for_certificate_authorities_come_from_certbots_folder(bool chosen)
    {
        Write("first.example");
        await using var hawser = await StartAsync(o =>
        {
            o.Http.PlainPort = o.Http.Port + 9;
            if (chosen) o.Http.AcmeWebroot = Path.Combine(_folder.Path, "web");
        });
        var root = chosen ? Path.Combine(_folder.Path, "web") : Path.Combine(hawser.Folder, "acme");
        var proofs = Directory.CreateDirectory(Path.Combine(root, ".well-known", "acme-challenge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(proofs, "tok-en_1"), "tok-en_1.proof");
        await File.WriteAllTextAsync(Path.Combine(root, "secret"), "not for anybody");
        await File.WriteAllTextAsync(Path.Combine(proofs, "large"), new string('x', 5000));
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{hawser.Options.Http.PlainPort}"),
        };
        using var http = new Client(hawser);

        (await plain.GetStringAsync(new Uri("/.well-known/acme-challenge/tok-en_1", UriKind.Relative))).ShouldBe("tok-en_1.proof");
        using var secure = await http.SeeAsync("/.well-known/acme-challenge/tok-en_1");
        (await secure.Content.ReadAsStringAsync()).ShouldBe("tok-en_1.proof");
        foreach (var wrong in new[] { "", "none", "large", "..%2f..%2fsecret", "../../secret", "a/b", "tok.en", new string('a', 200) })
        {
            using var answer = await plain.GetAsync(new Uri($"/.well-known/acme-challenge/{wrong}", UriKind.Relative));
            ((int)answer.StatusCode).ShouldBeOneOf(404, 308);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("not for anybody");
        }
    }

    [Fact]
    public async Task A_start_with_files_that_can_not_be_used_names_the_option()
    {
        async Task Fails(string part, Action<HawserOptions> configure) =>
            (await Should.ThrowAsync<StartupException>(() => TestHawser.StartAsync(configure))).Message.ShouldContain(part);

        Write("first.example");
        await Fails("--http-tls-key go together", o => o.Http.TlsCertificate = CertificateFile);
        await Fails("--http-tls-certificate", o => (o.Http.TlsCertificate, o.Http.TlsKey) = (CertificateFile + "x", KeyFile));
        await Fails("--http-plain-port", o => o.Http.PlainPort = o.Http.Port + 9);
        var other = new TemporaryFolder();
        Write("second.example", keyTo: Path.Combine(other.Path, "key.pem"), certificateTo: Path.Combine(other.Path, "cert.pem"));
        await Fails("--http-tls-certificate", o => (o.Http.TlsCertificate, o.Http.TlsKey) = (CertificateFile, Path.Combine(other.Path, "key.pem")));
        other.Dispose();
    }

    private Task<TestHawser> StartAsync(Action<HawserOptions>? configure = null) => TestHawser.StartAsync(o =>
    {
        (o.Http.TlsCertificate, o.Http.TlsKey) = (CertificateFile, KeyFile);
        configure?.Invoke(o);
    });

    private string Write(string name, string? keyTo = null, string? certificateTo = null, double days = 60)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
        File.WriteAllText(keyTo ?? KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateTo ?? CertificateFile, certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }

    private static async Task<string> ThumbprintAsync(TestHawser hawser)
    {
        // A new connection: those that are open keep the certificate they began with.
        using var http = new Client(hawser);
        using var live = await http.SeeAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        return http.Thumbprint;
    }

    private sealed class Client : HttpClient
    {
        private readonly StrongBox _seen;

        public Client(TestHawser hawser)
            : this(hawser, new StrongBox())
        {
        }

        private Client(TestHawser hawser, StrongBox seen)
            : base(new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        // Nobody vouches for it; the tests say which one it must be.
                        seen.Text = certificate?.GetCertHashString() ?? "";
                        return seen.Text.Length > 0;
                    },
                },
                AllowAutoRedirect = false,
            })
        {
            _seen = seen;
            BaseAddress = new Uri($"https://127.0.0.1:{hawser.HttpPort}");
        }

        public string Thumbprint => _seen.Text;

        public Task<HttpResponseMessage> SeeAsync(string path) => GetAsync(new Uri(path, UriKind.Relative));
    }

    private sealed class StrongBox
    {
        public string Text { get; set; } = "";
    }
}
