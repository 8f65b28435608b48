using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

public class ReferenceTests
{
    /// <summary>The arrows, each row with its reason. A row for a project that is gone fails too.</summary>
    private static readonly Dictionary<string, (string[] May, string Reason)> Arrows = new()
    {
        ["Hawser.Protocol"] = ([], "the wire knows nobody"),
        ["Hawser.Session"] = (["Hawser.Protocol"], "a conversation needs the wire and nothing of a server"),
        ["Hawser.Cluster"] = (["Hawser.Protocol"], "live facts are about peers and addresses"),
        ["Hawser.Data"] = (["Hawser.Protocol"], "durable facts are about peers and addresses"),
        ["Hawser.Rendezvous"] = (["Hawser.Protocol", "Hawser.Cluster", "Hawser.Data"], "a role meets others only in Cluster and Data"),
        ["Hawser.Relay"] = (["Hawser.Protocol", "Hawser.Cluster"], "the relay keeps nothing"),
        ["Hawser.Api"] = (["Hawser.Protocol", "Hawser.Cluster", "Hawser.Data"], "a role meets others only in Cluster and Data"),
        ["Hawser.Recording"] = (["Hawser.Protocol", "Hawser.Cluster", "Hawser.Data"], "a role meets others only in Cluster and Data"),
        ["Hawser.Server"] = (["Hawser.Protocol", "Hawser.Session", "Hawser.Cluster", "Hawser.Data", "Hawser.Rendezvous", "Hawser.Relay", "Hawser.Api",
                "Hawser.Recording"],
            "the composition root; Session for doctor and load (ADR 0003)"),
        ["Hawser.Agent"] = (["Hawser.Protocol", "Hawser.Session"], "installed on desks: nothing of a server (ADR 0014)"),
        ["Hawser.Controller"] = (["Hawser.Protocol", "Hawser.Session"], "installed on desks: nothing of a server (ADR 0014)"),
    };

    /// <summary>Packages that shipped projects may use, and why.</summary>
    private static readonly Dictionary<string, (string[] Where, string Reason)> Packages = new()
    {
        ["Google.Protobuf"] = (["Hawser.Protocol", "Hawser.Session", "Hawser.Cluster", "Hawser.Rendezvous", "Hawser.Relay", "Hawser.Server",
                "Hawser.Agent", "Hawser.Controller"],
            "the messages' runtime; every layer that builds or reads one"),
        ["Grpc.Tools"] = (["Hawser.Protocol"], "compiles the schema files, nothing at run time"),
        ["Microsoft.EntityFrameworkCore.Relational"] = (["Hawser.Api", "Hawser.Recording"], "slices query the database directly"),
        ["Microsoft.EntityFrameworkCore.Sqlite.Core"] = (["Hawser.Data"], "model, migrations, SQLite"),
        ["Npgsql"] = (["Hawser.Data"], "PostgreSQL; raw for the devices' rows, backups and leases (ADR 0006)"),
        ["Npgsql.EntityFrameworkCore.PostgreSQL"] = (["Hawser.Data"], "the same model on PostgreSQL"),
        ["SQLitePCLRaw.core"] = (["Hawser.Data"], "pinned under the provider (ADR 0005)"),
        ["SQLitePCLRaw.provider.e_sqlite3"] = (["Hawser.Data"], "pinned under the provider (ADR 0005)"),
        ["System.CommandLine"] = (["Hawser.Server", "Hawser.Agent", "Hawser.Controller"], "the command line"),
        ["Spectre.Console"] = (["Hawser.Server", "Hawser.Controller"], "tables and progress for people"),
        ["StackExchange.Redis"] = (["Hawser.Cluster"], "the counter of chunks and the live feed of several nodes (ADR 0011)"),
        ["AWSSDK.S3"] = (["Hawser.Recording"], "recordings in an object storage"),
        ["YamlDotNet"] = (["Hawser.Server"], "files of hawser apply, with line numbers for what is wrong in them"),
        ["QRCoder"] = (["Hawser.Server"], "QR code of the client configuration"),
    };

    [Fact]
    public void Projects_reference_exactly_what_their_layer_allows()
    {
        var found = SourceTree.Projects("src").ToDictionary(p => Path.GetFileNameWithoutExtension(p)!, p => p);
        found.Keys.Order().ShouldBe(Arrows.Keys.Order(), "a project appeared or vanished: change the table, with an ADR");
        foreach (var (name, file) in found)
        {
            var references = SourceTree.References(file, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r)!);
            references.Order().ShouldBe(Arrows[name].May.Order(), $"{name}: {Arrows[name].Reason}");
        }
    }

    [Fact]
    public void Packages_are_on_the_list_and_used_where_it_says()
    {
        foreach (var file in SourceTree.Projects("src"))
        {
            var project = Path.GetFileNameWithoutExtension(file)!;
            foreach (var package in SourceTree.References(file, "PackageReference"))
            {
                Packages.ShouldContainKey(package, $"{project} uses a package that is not on the list");
                Packages[package].Where.ShouldContain(project, $"{package}: {Packages[package].Reason}");
            }
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(SourceTree.Root, "Hawser.slnx"));
        foreach (var project in SourceTree.Projects("src").Concat(SourceTree.Projects("tests")))
        {
            solution.ShouldContain(SourceTree.Relative(project));
        }
    }

    [Fact]
    public void Every_project_has_a_lock_file()
    {
        foreach (var project in SourceTree.Projects("src").Concat(SourceTree.Projects("tests")))
        {
            File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")).ShouldBeTrue(project);
        }
    }
}
