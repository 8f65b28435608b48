using System.Diagnostics;
using Hawser.Bench.Machine;

namespace Hawser.Bench.Servers;

/// <summary>
/// OpenSSH's server with keys of its own on a port of its own, in a mount namespace: nothing of the system is changed, and its
/// package need not be installed. Needs root.
/// </summary>
internal sealed class SshServer : IDisposable
{
    private readonly string _folder;
    private readonly int _port;
    private readonly Child _child;

    private SshServer(string folder, int port, Child child)
    {
        _folder = folder;
        _port = port;
        _child = child;
    }

    public int Pid => _child.Pid;

    public static SshServer Start(BenchContext bench)
    {
        var folder = bench.Tools.InWork("ssh");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var program = Find(bench.Tools.InWork("openssh"));
        foreach (var key in (string[])["host", "user"])
        {
            Child.Run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, key)]);
        }

        var port = Ports.Block(1);
        File.WriteAllText(Path.Combine(folder, "config"), $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/user.pub
            StrictModes no
            UsePAM no
            PidFile none
            Subsystem sftp internal-sftp

            """);
        File.WriteAllText(Path.Combine(folder, "passwd"), "root:*:0:0:root:/root:/bin/sh\nsshd:*:65534:65534::/:/bin/sh\n");
        File.WriteAllText(Path.Combine(folder, "shadow"), "root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n");
        // It wants a user of its own and a folder in /run; both are seen by it alone.
        var script = $"""
            mount --make-rprivate / && mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow &&
            mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec {program} -D -e -f {folder}/config
            """;
        var child = Child.Start("unshare", ["--mount", "sh", "-c", script]);
        var clock = Stopwatch.StartNew();
        while (!child.Errors.Contains("Server listening", StringComparison.Ordinal))
        {
            if (child.HasExited || clock.Elapsed.TotalSeconds > 30) throw new InvalidOperationException($"no sshd: {child.Errors}");
            Thread.Sleep(20);
        }

        return new SshServer(folder, port, child);
    }

    /// <summary>Copies by scp; an end that begins with a colon is at the server.</summary>
    public void Copy(string from, string to) => Child.Run("scp",
    [
        "-q", "-F", "/dev/null", "-P", $"{_port}", "-i", Path.Combine(_folder, "user"), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", Name(from), Name(to),
    ]);

    public void Dispose() => _child.Dispose();

    private static string Name(string end) => end.StartsWith(':') ? "root@127.0.0.1" + end : end;

    private static string Find(string folder)
    {
        const string Installed = "/usr/sbin/sshd";
        if (File.Exists(Installed)) return Installed;
        var unpacked = Path.Combine(folder, "usr", "sbin", "sshd");
        if (File.Exists(unpacked)) return unpacked;
        Directory.CreateDirectory(folder);
        Child.Run("apt-get", ["download", "-q", "openssh-server"], folder);
        Child.Run("dpkg", ["-x", Directory.GetFiles(folder, "*.deb").Single(), folder]);
        return unpacked;
    }
}
