using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary><c>./pack</c>: its packages hold what Debian expects and run where there is no .NET.</summary>
public sealed class PackTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-pack-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("agent", "hawser-agent", "Hawser.Agent")]
    [InlineData("connect", "hawser-connect", "Hawser.Controller")]
    [InlineData("server", "hawser", "Hawser.Server")]
    public async Task A_package_is_whole_and_its_program_runs_from_it(string name, string package, string project)
    {
        // What was built for these tests, so that nothing is built twice.
        var built = Path.Combine(
            Repository.Root, "src", project, "bin", Path.GetRelativePath(
                Repository.File("tests/Hawser.Server.Tests/bin"), AppContext.BaseDirectory));
        await RunAsync(Repository.File("pack"), "--fast", "--out", _folder, "--from", built, name);
        var deb = Directory.GetFiles(_folder, $"{package}_*.deb").ShouldHaveSingleItem();
        var fields = await RunAsync("dpkg-deb", "-f", deb);
        fields.ShouldContain($"Package: {package}\n");
        foreach (var field in (string[])["Version", "Architecture", "Maintainer", "Installed-Size", "Depends", "Description"])
        {
            fields.ShouldContain($"{field}: ");
        }

        var list = await RunAsync("dpkg-deb", "-c", deb);
        list.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(l => l.Contains(" root/root "));
        list.ShouldContain($"./usr/share/doc/{package}/copyright");
        list.ShouldContain($"./usr/share/doc/{package}/changelog.gz");
        list.ShouldNotContain(".pdb");
        list.ShouldNotContain("./var");

        var root = Path.Combine(_folder, "root");
        await RunAsync("dpkg-deb", "-R", deb, root);
        await RunAsync("sh", "-c", $"cd '{root}' && md5sum --quiet -c DEBIAN/md5sums");
        foreach (var script in Directory.GetFiles(Path.Combine(root, "DEBIAN"), "p*")) await RunAsync("sh", "-n", script);
        var home = Directory.CreateDirectory(Path.Combine(_folder, "home")).FullName;
        var (ask, code, saying) = name switch
        {
            "agent" => (new[] { "status", "--data", Path.Combine(home, "data") }, 1, "hawser-agent run"),
            "connect" => (["profile", "use", "nowhere"], 2, "There is no profile"),
            _ => (["key", "show", "--data", Path.Combine(home, "data")], 1, "holds no id_ed25519"),
        };
        // Without a machine-wide runtime it has to be the packed one.
        var said = await ProgramRun.ToEndAsync(
            "/usr/bin/env", home, "", ["DOTNET_ROOT=/nowhere", Path.Combine(root, "usr/bin", package), .. ask]);
        said.Code.ShouldBe(code, said.Errors);
        said.Errors.ShouldContain(saying);
        if (name == "server") CheckServer(root);
        if (name != "agent") return;
        File.Exists(Path.Combine(root, "usr/lib/systemd/system/hawser-agent.service")).ShouldBeTrue();
    }

    // Its service runs as an account of its own, with the program where the package puts it.
    private static void CheckServer(string root)
    {
        var unit = File.ReadAllText(Path.Combine(root, "usr/lib/systemd/system/hawser.service"));
        unit.ShouldContain("ExecStart=/usr/lib/hawser/hawser serve --data /var/lib/hawser\n");
        unit.ShouldContain("User=hawser\n");
        unit.ShouldNotContain("/opt/");
        File.Exists(Path.Combine(root, "usr/lib/hawser/hawser")).ShouldBeTrue();
        File.ReadAllText(Path.Combine(root, "DEBIAN/postinst")).ShouldContain("useradd --system");
        File.ReadAllText(Path.Combine(root, "DEBIAN/conffiles")).ShouldBe("/etc/default/hawser\n");
        File.Exists(Path.Combine(root, "etc/default/hawser")).ShouldBeTrue();
    }

    private async Task<string> RunAsync(string program, params string[] arguments) =>
        System.Text.Encoding.UTF8.GetString(await TestVideo.RunAsync(program, arguments, _folder));
}
