using Hawser.Protocol.Identity;
using Hawser.Server.Commands;
using Hawser.Server.Configuration;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

public class ConfigShowTests
{
    [Fact]
    public void Secrets_are_masked_but_their_absence_is_not()
    {
        var key = ServerKey.Generate();
        var effective = Read(["--key", key.ToSecretText(), "--join-key", "a very secret word"]);
        ConfigCommand.Shown(effective, OptionTable.At("key")).ShouldBe("(set)");
        ConfigCommand.Shown(effective, OptionTable.At("joinKey")).ShouldBe("(set)");
        ConfigCommand.Shown(Read([]), OptionTable.At("key")).ShouldBe("-");
        ConfigCommand.Shown(Read([]), OptionTable.At("joinKey")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_option_has_a_description()
    {
        var descriptions = OptionDescriptions.Load();
        OptionTable.All.Where(o => descriptions.Of(o).Length == 0).Select(o => o.Flag).ShouldBeEmpty();
    }

    /// <summary>HAWSER_WRITE_DOCS=1 writes the file instead of comparing it.</summary>
    [Fact]
    public void The_configuration_document_is_what_the_classes_say()
    {
        var file = Repository.File("docs/configuration.md");
        var expected = ConfigurationDocument.Write();
        if (Environment.GetEnvironmentVariable("HAWSER_WRITE_DOCS") == "1") File.WriteAllText(file, expected);
        File.ReadAllText(file).ShouldBe(expected, "run: dotnet run --project src/Hawser.Server -- config docs > docs/configuration.md");
    }

    private static EffectiveOptions Read(string[] arguments) =>
        OptionReader.Read(new OptionSources(arguments, new Dictionary<string, string>(), "/nonexistent"));
}
