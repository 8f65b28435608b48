using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.Proxies;

/// <summary>nginx, HAProxy or Caddy with its file of <c>deploy/</c>; only ports and certificate are others.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly string _fingerprint;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ReverseProxy(DirectoryInfo folder, string fingerprint, int port, ProcessStartInfo start)
    {
        _folder = folder;
        _fingerprint = fingerprint;
        Url = new Uri($"https://127.0.0.1:{port}");
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public Uri Url { get; }

    /// <summary>Starts one before an HTTP port, or skips the test where the program is not installed.</summary>
    public static async Task<ReverseProxy> StartAsync(string program, int httpPort)
    {
        var path = (program == "caddy" ? "/usr/bin/" : "/usr/sbin/") + program;
        if (!File.Exists(path)) Assert.Skip($"{program} is not installed");
        var port = FreePorts.Block(1);
        var folder = Directory.CreateTempSubdirectory("hawser-proxy-");
        var fingerprint = await WriteCertificateAsync(folder.FullName);
        var file = await WriteConfigurationAsync(program, folder.FullName, port, httpPort);
        var start = new ProcessStartInfo(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments(program, folder.FullName, file)) start.ArgumentList.Add(argument);
        // Caddy keeps what it knows in its user's home.
        start.Environment["XDG_DATA_HOME"] = start.Environment["XDG_CONFIG_HOME"] = folder.FullName;

        var proxy = new ReverseProxy(folder, fingerprint, port, start);
        try
        {
            await Eventually.HoldsAsync(() => proxy._process.HasExited || IsOpen(port), $"{program} listens");
            if (!proxy._process.HasExited) return proxy;
            throw new InvalidOperationException($"{program}: {await proxy._output}{await proxy._errors}");
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>An HTTP client that comes from an address of this machine.</summary>
    public HttpClient Client(string from) => new HttpClient(Handler(from));

    /// <summary>A WebSocket through the proxy that comes from an address of this machine.</summary>
    public async Task<ClientWebSocket> ConnectAsync(string path, string from, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
        using var invoker = new HttpMessageInvoker(Handler(from));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.ConnectAsync(new UriBuilder(Url) { Scheme = "wss", Path = path }.Uri, invoker, limit.Token);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _output;
        await _errors;
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string[] Arguments(string program, string folder, string file) => program switch
    {
        "nginx" => ["-e", "stderr", "-p", folder, "-c", file],
        "haproxy" => ["-db", "-f", file],
        _ => ["run", "--adapter", "caddyfile", "--config", file],
    };

    private SocketsHttpHandler Handler(string from)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        // The certificate was made for this run, and only that one is taken.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.GetCertHashString(HashAlgorithmName.SHA256) == _fingerprint;
        return handler;
    }

    private static async Task<string> WriteCertificateAsync(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=rd.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("rd.example");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (public_, private_) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(folder, "rd.example.pem"), public_ + "\n" + private_ + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "rd.example.key"), private_ + "\n");
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    // Whatever is replaced must be there: a file that changed its shape must not be tested as something else.
    private static async Task<string> WriteConfigurationAsync(string program, string folder, int port, int httpPort)
    {
        var name = program switch { "nginx" => "nginx.conf", "haproxy" => "haproxy.cfg", _ => "Caddyfile" };
        var text = await File.ReadAllTextAsync(Repository.File("deploy/" + name));
        void Replace(string what, string by) =>
            text = text.Contains(what) ? text.Replace(what, by) : throw new InvalidOperationException($"{program}: no {what}");
        Replace("127.0.0.1:21114", $"127.0.0.1:{httpPort}");
        if (program != "caddy") Replace("/etc/ssl/", folder + "/");
        switch (program)
        {
            case "nginx":
                Replace("listen [::]:443 ssl;\n", "\n");
                Replace("listen 443 ssl;", $"listen 127.0.0.1:{port} ssl;");
                break;
            case "haproxy":
                Replace("bind :443 ", $"bind 127.0.0.1:{port} ");
                break;
            default:
                // Caddy would fetch a certificate of its own for the name; it gets the one of this run.
                Replace("rd.example {", $$"""
                    {
                      admin off
                      auto_https disable_redirects
                      default_sni rd.example
                    }
                    https://:{{port}} {
                      bind 127.0.0.1
                      tls {{folder}}/rd.example.pem {{folder}}/rd.example.key
                    """);
                break;
        }

        var file = Path.Combine(folder, program == "nginx" ? "site.conf" : name);
        await File.WriteAllTextAsync(file, text);
        return program == "nginx" ? await WriteNginxAsync(folder, file) : file;
    }

    private static async Task<string> WriteNginxAsync(string folder, string site)
    {
        var main = Path.Combine(folder, "nginx.conf");
        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }
            .Select(n => $"  {n}_temp_path {folder}/{n};\n"));
        await File.WriteAllTextAsync(main, $$"""
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            events { worker_connections 512; }
            http {
              access_log off;
            {{temporary}}
              include {{site}};
            }
            """);
        return main;
    }

    private static bool IsOpen(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
