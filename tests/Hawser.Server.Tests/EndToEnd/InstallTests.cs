using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>
/// The packages of <c>./pack</c> under dpkg, on this machine as it is, in a layer above its files that is thrown away.
/// </summary>
public sealed class InstallTests : IDisposable
{
    // What is mounted here is nobody else's, and ends with the shell.
    private const string Layer = """
        mount -t tmpfs tmpfs "$1/layer" && mkdir "$1/layer/up" "$1/layer/work" "$1/layer/root" &&
        mount -t overlay overlay -o "lowerdir=/,upperdir=$1/layer/up,workdir=$1/layer/work" "$1/layer/root" &&
        mkdir -p "$1/layer/root/packages" && mount --bind "$1/packages" "$1/layer/root/packages" &&
        mount -t proc proc "$1/layer/root/proc" && mount --bind /dev "$1/layer/root/dev" || { echo no layer; exit 0; }
        exec chroot "$1/layer/root" /bin/sh -c "$2"
        """;

    // Each line says what it shows; the first that does not hold ends it.
    private const string Life = """
        set -e
        export DEBIAN_FRONTEND=noninteractive DOTNET_ROOT=/nowhere LC_ALL=C
        for p in hawser-agent hawser; do dpkg-query -W $p >/dev/null 2>&1 && { echo no layer; exit 0; }; done
        dpkg --force-depends -i /packages/*.deb >/dev/null 2>&1; echo installed
        [ "$(stat -c '%U %a' /var/lib/hawser)" = 'hawser 700' ]; echo account
        hawser-agent --version >/dev/null; hawser --version >/dev/null; echo runs
        if command -v systemd-analyze >/dev/null; then
            for u in hawser-agent hawser; do systemd-analyze verify /usr/lib/systemd/system/$u.service; done
        fi
        echo units
        mkdir -p /var/lib/hawser-agent; touch /var/lib/hawser-agent/identity.json /var/lib/hawser/key
        dpkg --force-depends -i /packages/hawser-agent_*.deb >/dev/null 2>&1; [ -e /var/lib/hawser-agent/identity.json ]; echo again
        dpkg -r hawser-agent hawser >/dev/null 2>&1
        [ ! -e /usr/lib/hawser-agent ]; [ ! -e /usr/lib/hawser ]; [ -e /var/lib/hawser-agent/identity.json ]; echo removed
        dpkg -P hawser-agent hawser >/dev/null 2>&1; [ ! -e /var/lib/hawser-agent ]; [ ! -e /etc/default/hawser ]; echo purged
        [ -e /var/lib/hawser/key ]; echo kept
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-install-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Packages_are_installed_run_are_renewed_removed_and_purged()
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/dpkg")) Assert.Skip("only root of a Debian can try that");
        Directory.CreateDirectory(Path.Combine(_folder, "layer"));
        Directory.CreateDirectory(Path.Combine(_folder, "packages"));
        foreach (var (name, project) in new[] { ("agent", "Hawser.Agent"), ("server", "Hawser.Server") })
        {
            var built = Path.Combine(
                Repository.Root, "src", project, "bin", Path.GetRelativePath(
                    Repository.File("tests/Hawser.Server.Tests/bin"), AppContext.BaseDirectory));
            await TestVideo.RunAsync(
                Repository.File("pack"), ["--fast", "--out", Path.Combine(_folder, "packages"), "--from", built, name], _folder);
        }

        var run = await ProgramRun.ToEndAsync(
            "/usr/bin/unshare", _folder, "", ["-m", "--propagation", "private", "sh", "-c", Layer, "sh", _folder, Life]);
        var isDenied = run.Output.Length == 0 && run.Errors.Contains("unshare:", StringComparison.Ordinal);
        if (isDenied || run.Output.Trim() == "no layer") Assert.Skip("no layer can be put above this machine's files");
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            ["installed", "account", "runs", "units", "again", "removed", "purged", "kept"], run.Errors);
        run.Code.ShouldBe(0, run.Errors);
    }
}
