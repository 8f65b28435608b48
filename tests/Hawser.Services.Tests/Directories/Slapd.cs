using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Api.Directories;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.Directories;

/// <summary>A real slapd on loopback, plain, with StartTLS and with TLS, whose certificate an authority of its own signed.</summary>
internal sealed class Slapd : IAsyncDisposable
{
    public const string Suffix = "dc=example,dc=test";
    public const string Admin = "cn=admin," + Suffix;
    private readonly Process _process;
    private readonly string _folder;

    private Slapd(Process process, string folder, int port, string authority)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Authority = authority;
    }

    public int Port { get; }

    public string Plain => $"ldap://127.0.0.1:{Port}";

    public string Tls => $"ldaps://127.0.0.1:{Port + 1}";

    /// <summary>The authority's certificate in PEM.</summary>
    public string Authority { get; }

    /// <summary>Settings that work.</summary>
    public DirectorySettings Settings => new()
    {
        Urls = [Plain], BindDn = Admin, BindPassword = "secret", BaseDn = "ou=people," + Suffix,
        GroupBaseDn = "ou=groups," + Suffix, UserFilter = "(objectClass=inetOrgPerson)",
    };

    public static async Task<Slapd> StartAsync(int people = 3)
    {
        if (!File.Exists("/usr/sbin/slapd")) Assert.Skip("slapd is not installed: ./test does that");
        var folder = Directory.CreateTempSubdirectory("hawser-slapd-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "db"));
        var authority = WriteCertificates(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "slapd.conf"), Configuration(folder));
        var port = FreePorts.Block(2);
        var start = new ProcessStartInfo("/usr/sbin/slapd")
        {
            ArgumentList =
            {
                "-d", "0", "-f", Path.Combine(folder, "slapd.conf"),
                "-h", $"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{port + 1}",
            },
        };
        var slapd = new Slapd(Process.Start(start)!, folder, port, authority);
        await Eventually.HoldsAsync(slapd.Listens, "slapd listens");
        await slapd.AddAsync(Seed(people));
        return slapd;
    }

    public Task AddAsync(string ldif) => RunAsync("ldapadd", ldif);

    public Task ModifyAsync(string ldif) => RunAsync("ldapmodify", ldif);

    public Task DeleteAsync(string dn) => ModifyAsync($"dn: {dn}\nchangetype: delete\n");

    public static string Person(string name, string more = "") => $"""
        dn: uid={name},ou=people,{Suffix}
        objectClass: inetOrgPerson
        uid: {name}
        cn: {name} of Example
        sn: {name}
        mail: {name}@example.test
        userPassword: pw-{name}
        {more}

        """;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool Listens()
    {
        if (_process.HasExited) throw new InvalidOperationException($"slapd ended with {_process.ExitCode}");
        try
        {
            using var probe = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task RunAsync(string tool, string ldif)
    {
        var start = new ProcessStartInfo(tool)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList = { "-x", "-H", Plain, "-D", Admin, "-w", "secret" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(ldif);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        await output;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{tool}: {await errors}");
    }

    private static string Seed(int people)
    {
        var text = $"""
            dn: {Suffix}
            objectClass: dcObject
            objectClass: organization
            o: Example
            dc: example

            dn: ou=people,{Suffix}
            objectClass: organizationalUnit
            ou: people

            dn: ou=groups,{Suffix}
            objectClass: organizationalUnit
            ou: groups


            """;
        foreach (var name in new[] { "mara", "otto", "nils" }) text += Person(name);
        for (var i = 3; i < people; i++) text += Person($"user{i:D4}");
        return text + $"""
            dn: cn=staff,ou=groups,{Suffix}
            objectClass: groupOfNames
            cn: staff
            member: uid=mara,ou=people,{Suffix}
            member: uid=otto,ou=people,{Suffix}

            dn: cn=root,ou=groups,{Suffix}
            objectClass: groupOfNames
            cn: root
            member: uid=mara,ou=people,{Suffix}

            dn: cn=unix,ou=groups,{Suffix}
            objectClass: posixGroup
            cn: unix
            gidNumber: 1000
            memberUid: nils

            """;
    }

    private static string Configuration(string folder) => $"""
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/nis.schema
        include /etc/ldap/schema/inetorgperson.schema
        pidfile {folder}/slapd.pid
        argsfile {folder}/slapd.args
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload memberof
        TLSCertificateFile {folder}/cert.pem
        TLSCertificateKeyFile {folder}/key.pem
        disallow bind_anon
        sizelimit size.soft=100 size.hard=100 size.pr=500 size.prtotal=unlimited
        database mdb
        maxsize 67108864
        suffix "{Suffix}"
        rootdn "{Admin}"
        rootpw secret
        directory {folder}/db
        index objectClass,uid eq
        overlay memberof
        memberof-group-oc groupOfNames

        """;

    private static string WriteCertificates(string folder)
    {
        var now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=directory.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, now.AddDays(-1), now.AddDays(29), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return authority.ExportCertificatePem();
    }
}
