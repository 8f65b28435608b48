using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Api.Console.Address;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Hawser.Server.Hosting;

/// <summary>
/// The certificate of the HTTP port, from the two files that certbot and others write. They are looked at every ten
/// seconds and at a SIGHUP; new ones are taken over for new connections. Files that can't be used are logged, and the
/// certificate before goes on: a renewal that went wrong must not take the server down.
/// </summary>
internal sealed partial class TlsCertificate
{
    private const int TicksBetweenLooks = 10;
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(14);
    private readonly HttpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private volatile Loaded _loaded;
    private string _seen;
    private string _refused = "";
    private int _ticks;

    private TlsCertificate(HttpOptions options, TimeProvider time, ILogger log)
    {
        (_options, _time, _log) = (options, time, log);
        _seen = Look();
        _loaded = Read(options);
        Tell(_loaded);
    }

    /// <summary>Reads the files; null when none are configured.</summary>
    /// <exception cref="StartupException">They can't be used; the sentence names the option.</exception>
    public static TlsCertificate? Open(HttpOptions options, TimeProvider time, ILogger log)
    {
        if (options.TlsCertificate.Length == 0 && options.TlsKey.Length == 0)
        {
            return options.PlainPort == 0 ? null : throw new StartupException(
                "--http-plain-port is for servers that speak TLS: set --http-tls-certificate and --http-tls-key.");
        }

        if (options.TlsCertificate.Length == 0 || options.TlsKey.Length == 0)
        {
            throw new StartupException(
                "--http-tls-certificate and --http-tls-key go together; one of them is missing.");
        }

        try
        {
            return new TlsCertificate(options, time, log);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new StartupException($"--http-tls-certificate, --http-tls-key: {e.Message}", e);
        }
    }

    /// <summary>How it is: ready, expires soon, expired.</summary>
    public string State
    {
        get
        {
            var left = _loaded.NotAfter - _time.GetUtcNow().UtcDateTime;
            return left <= TimeSpan.Zero ? "expired" : left < SoonOver ? "expires soon" : "ready";
        }
    }

    /// <summary>What is told of it.</summary>
    public CertificateFacts Facts
    {
        get
        {
            var loaded = _loaded;
            return new CertificateFacts(
                loaded.Subject, loaded.Issuer, loaded.Names, loaded.NotBefore, loaded.NotAfter, loaded.Thumbprint,
                State, _options.TlsCertificate);
        }
    }

    /// <summary>The fingerprint of the certificate that new connections get.</summary>
    public string Thumbprint => _loaded.Thumbprint;

    /// <summary>Speaks TLS on a listener.</summary>
    public void Serve(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => ValueTask.FromResult(_loaded.Answer),
        HandshakeTimeout = TimeSpan.FromSeconds(10),
    });

    /// <summary>Called each second.</summary>
    public void Tick()
    {
        if (Interlocked.Increment(ref _ticks) % TicksBetweenLooks == 0) Refresh();
    }

    /// <summary>Takes over what changed.</summary>
    /// <returns>Whether something did.</returns>
    public bool Refresh()
    {
        lock (_gate)
        {
            var now = Look();
            if (now == _seen) return false;
            try
            {
                var next = Read(_options);
                _seen = now;
                if (next.Thumbprint == _loaded.Thumbprint) return false;
                // The one before is left to the collector: handshakes may be under way with it.
                _loaded = next;
                Tell(next);
                return true;
            }
            catch (Exception e) when (IsUnusable(e))
            {
                // Perhaps one of the two files is written and the other not yet: the next look tries again, and it is
                // told once.
                if (_refused != now) Log.Refused(_log, _options.TlsCertificate, e.Message);
                _refused = now;
                return false;
            }
        }
    }

    private static bool IsUnusable(Exception e) =>
        e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private string Look() => $"{Stamp(_options.TlsCertificate)} {Stamp(_options.TlsKey)}";

    // Names of renewed certificates are links to files that change.
    private static string Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {(target.Exists ? target.Length : -1)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    private static Loaded Read(HttpOptions options)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.TlsCertificate);
        if (chain.Count == 0) throw new CryptographicException($"{options.TlsCertificate} holds no certificate.");
        var leaf = X509Certificate2.CreateFromPemFile(options.TlsCertificate, options.TlsKey);
        // Windows takes no key that is only in memory.
        if (OperatingSystem.IsWindows())
        {
            using var ephemeral = leaf;
            leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
        }

        var context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        return new Loaded(
            leaf.Thumbprint, leaf.Subject, leaf.Issuer, NamesOf(leaf), leaf.NotBefore.ToUniversalTime(),
            leaf.NotAfter.ToUniversalTime(),
            new SslServerAuthenticationOptions { ServerCertificateContext = context });
    }

    private static IReadOnlyList<string> NamesOf(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
            ? [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(a => a.ToString())] : [];

    private void Tell(Loaded loaded)
    {
        Log.Taken(_log, loaded.Subject, loaded.NotAfter);
        if (State != "ready") Log.Old(_log, loaded.Subject, loaded.NotAfter);
    }

    private sealed record Loaded(
        string Thumbprint, string Subject, string Issuer, IReadOnlyList<string> Names, DateTime NotBefore,
        DateTime NotAfter, SslServerAuthenticationOptions Answer);

    private static partial class Log
    {
        [LoggerMessage(4040, LogLevel.Information, "The certificate of {Subject} is used; it holds until {NotAfter:u}")]
        internal static partial void Taken(ILogger logger, string subject, DateTime notAfter);

        [LoggerMessage(4041, LogLevel.Warning, "The certificate of {Subject} holds only until {NotAfter:u}")]
        internal static partial void Old(ILogger logger, string subject, DateTime notAfter);

        [LoggerMessage(
            4042, LogLevel.Error, "The new certificate in {File} can't be used, the one before goes on: {Why}")]
        internal static partial void Refused(ILogger logger, string file, string why);
    }
}
