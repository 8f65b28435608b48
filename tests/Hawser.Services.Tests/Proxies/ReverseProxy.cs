using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.Proxies;

/// <summary>nginx or HAProxy with its file of <c>deploy/</c>; only ports and certificate are others.</summary>
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
        var path = "/usr/sbin/" + program;
        if (!File.Exists(path)) Assert.Skip($"{program} is not installed");
        var port = FreePorts.Block(1);
        var folder = Directory.CreateTempSubdirectory("hawser-proxy-");
        var fingerprint = await WriteCertificateAsync(folder.FullName);
        var file = await WriteConfigurationAsync(program, folder.FullName, port, httpPort);
        var start = new ProcessStartInfo(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in program == "nginx" ? new[] { "-e", "stderr", "-p", folder.FullName, "-c", file } : ["-db", "-f", file])
        {
            start.ArgumentList.Add(argument);
        }

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
        var isNginx = program == "nginx";
        var text = await File.ReadAllTextAsync(Repository.File("deploy/" + (isNginx ? "nginx.conf" : "haproxy.cfg")));
        string Replace(string what, string by) =>
            text.Contains(what) ? text.Replace(what, by) : throw new InvalidOperationException($"{program}: no {what}");
        text = Replace("127.0.0.1:21114", $"127.0.0.1:{httpPort}");
        text = Replace("/etc/ssl/", folder + "/");
        if (isNginx) text = Replace("listen [::]:443 ssl;\n", "\n");
        text = isNginx ? Replace("listen 443 ssl;", $"listen 127.0.0.1:{port} ssl;") : Replace("bind :443 ", $"bind 127.0.0.1:{port} ");
        var file = Path.Combine(folder, isNginx ? "site.conf" : "haproxy.cfg");
        await File.WriteAllTextAsync(file, text);
        if (!isNginx) return file;
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
              include {{file}};
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
