using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Services.Tests;

/// <summary>
/// A certificate authority of this test run that .NET trusts in this process, so that TLS to real services is checked
/// as it is in earnest.
/// </summary>
internal static class TestAuthority
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("hawser-ca-").FullName;
    private static readonly X509Certificate2 Root = MakeRoot();

    /// <summary>The authority's certificate, PEM.</summary>
    public static string CaFile { get; } = Path.Combine(Folder, "ca.pem");

    /// <summary>Makes a key and a certificate for 127.0.0.1 and localhost.</summary>
    public static (string KeyFile, string CertFile) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var made = request.Create(
            Root, new DateTimeOffset(Root.NotBefore), new DateTimeOffset(Root.NotAfter), RandomNumberGenerator.GetBytes(12));
        var (keyFile, certFile) = (Path.Combine(Folder, name + ".key.pem"), Path.Combine(Folder, name + ".pem"));
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certFile, made.ExportCertificatePem());
        return (keyFile, certFile);
    }

    /// <summary>Before anything asks for the trusted roots: they are read once.</summary>
    [ModuleInitializer]
    internal static void Trust()
    {
        File.WriteAllText(CaFile, Root.ExportCertificatePem());
        // The user's own store of roots is below HOME; the real one is none of our business.
        var home = Environment.GetEnvironmentVariable("HOME");
        Environment.SetEnvironmentVariable("HOME", Folder);
        using (var roots = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadWrite))
        {
            using var alone = X509CertificateLoader.LoadCertificate(Root.RawData);
            roots.Add(alone);
        }

        Environment.SetEnvironmentVariable("HOME", home);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);
    }

    private static X509Certificate2 MakeRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Hawser test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
    }
}
