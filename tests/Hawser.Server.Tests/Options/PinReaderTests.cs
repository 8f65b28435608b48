using Hawser.Api;
using Hawser.Server.Configuration;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

/// <summary>Members of settings that are written where options are.</summary>
public sealed class PinReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_member_is_given_in_the_file_as_a_variable_as_json_and_out_of_a_file_of_its_own()
    {
        _folder.Write("smtp", "s3cret\n");
        var file = _folder.Write("hawser.json", """
            { "settings": { /* by hand */ "mail": { "host": "mail.example.com", "port": 25, "passwordFile": "smtp", },
              "devices": { "presets": { "owner": true } }, "address_books": { "IdMustExist": true } } }
            """);
        var read = Read(
            ["--config", file], ("HAWSER_SETTING_MAIL_PORT", "2525"), ("hawser_setting_sign_in_public_urls", "https://a.example,https://b.example"),
            ("HAWSER_SETTING_RETENTION", """{"console_days":7}"""), ("HAWSER_SETTING_DEVICES_PRESETS_NOTE", "yes"));
        read.Errors.ShouldBeEmpty();
        Text(read).ShouldBe([
            "address_books.id_must_exist=true", "devices.presets.note=true", "devices.presets.owner=true", "mail.host=mail.example.com",
            "mail.password=********", "mail.port=2525", "retention.console_days=7", "signIn.publicUrls=https://a.example,https://b.example",
        ]);
        var port = Pin(read, "mail.port");
        (port.Source, port.Origin, PinReader.VariableOf(port)).ShouldBe(("environment", "HAWSER_SETTING_MAIL_PORT", "HAWSER_SETTING_MAIL_PORT"));
        (Pin(read, "mail.host").Source, Pin(read, "mail.host").Origin).ShouldBe(("file", file));
        Pin(read, "mail.password").Value!.GetValue<string>().ShouldBe("s3cret");
        read.Files.ShouldContain(_folder.File("smtp"));
    }

    [Fact]
    public void The_option_for_days_of_recordings_is_a_member_of_the_setting_where_it_is_written()
    {
        Text(Read([])).ShouldBeEmpty();
        var read = Read(["--recorder-keep-days", "0"], ("HAWSER_RECORDER_KEEP_DAYS", "7"));
        Text(read).ShouldBe(["retention.recording_days=0"]);
        (Pin(read, "retention.recording_days").Source, Pin(read, "retention.recording_days").Origin).ShouldBe(("command_line", "--recorder-keep-days"));
        Text(Read(["--recorder-keep-days", "9"], ("HAWSER_SETTING_RETENTION_RECORDING_DAYS", "8"))).ShouldBe(["retention.recording_days=8"]);
    }

    [Theory]
    [InlineData("HAWSER_SETTING_MAIL_PORT", "many", "HAWSER_SETTING_MAIL_PORT: \"many\" is not a number")]
    [InlineData("HAWSER_SETTING_MAIL_PORT", "2.5", "settings.mail.port (from HAWSER_SETTING_MAIL_PORT)")]
    [InlineData("HAWSER_SETTING_MAIL_HOSTS", "x", "HAWSER_SETTING_MAIL_HOSTS is not a setting or a member of one")]
    [InlineData("HAWSER_SETTING_MAIL", "mail.example", "HAWSER_SETTING_MAIL: it must hold a JSON object")]
    [InlineData("HAWSER_SETTING_MAIL", """{"hosts":"x"}""", "settings.mail.hosts is not a member; it has host, port")]
    [InlineData("HAWSER_SETTING_MAIL", """{"host":{"a":1}}""", "settings.mail.host (from HAWSER_SETTING_MAIL)")]
    [InlineData("HAWSER_SETTING_MAIL_PASSWORD_FILE", "none", "HAWSER_SETTING_MAIL_PASSWORD_FILE: ")]
    [InlineData("HAWSER_SETTING_QUIET_RULES", "[{\"types\":[]}]", "settings.quiet.rules (from HAWSER_SETTING_QUIET_RULES): A rule names")]
    [InlineData("HAWSER_SETTING_AUDIT_ADMINS_ONLY", "perhaps", "HAWSER_SETTING_AUDIT_ADMINS_ONLY: \"perhaps\" is not true or false")]
    public void What_is_wrong_is_named_before_anything_listens(string name, string value, string error)
    {
        var read = Read([], (name, value));
        read.Errors.ShouldHaveSingleItem().ShouldContain(error);
    }

    [Theory]
    [InlineData("""{ "settings": [] }""", "settings must be an object")]
    [InlineData("""{ "settings": { "post": {} } }""", "settings.post is not a setting; there are access,")]
    [InlineData("""{ "settings": { "mail": "x" } }""", "settings.mail must be an object")]
    [InlineData("""{ "settings": { "mail": { "host": "a", "host": "b" } } }""", "names no member twice")]
    [InlineData("""{ "settings": { "mail": { "host": null } } }""", "settings.mail.host (from ")]
    [InlineData("""{ "settings": { "mail": { "passwordFile": 7 } } }""", "settings.mail.passwordFile must be the name of a file")]
    public void So_is_what_is_wrong_in_the_file(string json, string error)
    {
        var read = Read(["--config", _folder.Write("hawser.json", json)]);
        read.Errors.ShouldHaveSingleItem().ShouldContain(error);
    }

    [Fact]
    public void Secrets_stay_out_of_errors_and_of_what_is_shown()
    {
        var read = Read([], ("HAWSER_SETTING_MAIL", """{"password":"s3cret","port":"s"}"""));
        read.Errors.ShouldHaveSingleItem().ShouldNotContain("s3cret");
        Text(Read([], ("HAWSER_SETTING_MAIL_PASSWORD", "s3cret"))).ShouldBe(["mail.password=********"]);
    }

    [Fact]
    public void A_change_is_named_at_a_reload()
    {
        var (one, other) = (Read([], ("HAWSER_SETTING_MAIL_PORT", "25")), Read([], ("HAWSER_SETTING_MAIL_PORT", "26")));
        Reloading.ChangedPins(one.Options, other.Options).ShouldBe(["settings.mail.port"]);
        Reloading.ChangedPins(one.Options, Read([]).Options).ShouldBe(["settings.mail.port"]);
        Reloading.ChangedPins(one.Options, one.Options).ShouldBeEmpty();
    }

    private static SettingPin Pin(EffectiveOptions read, string path) => read.Options.Pins.Single(p => $"{p.Setting}.{p.Member}" == path);

    private static IEnumerable<string> Text(EffectiveOptions read) =>
        read.Options.Pins.Select(p => $"{p.Setting}.{p.Member}={PinReader.Shown(p)}");

    private EffectiveOptions Read(string[] arguments, params (string Name, string Value)[] variables) =>
        OptionReader.Read(new OptionSources(arguments, variables.ToDictionary(v => v.Name, v => v.Value), _folder.File("")));
}
