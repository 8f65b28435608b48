using Hawser.Protocol.Identity;
using Hawser.Server.Keys;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

public sealed class KeyPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void T62_a_missing_pair_is_made_for_the_owner_only_in_the_fields_format()
    {
        var policy = Resolve("-");
        policy.Created.ShouldBeTrue();
        var secret = File.ReadAllText(_folder.File("id_ed25519"));
        secret.Length.ShouldBe(88);
        File.ReadAllText(_folder.File("id_ed25519.pub")).ShouldBe(policy.Signing!.PublicText);
        Convert.FromBase64String(secret)[32..].ShouldBe(policy.Signing.Public.ToArray());
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_folder.File("id_ed25519")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.GetFiles(_folder.Path).Length.ShouldBe(2, "nothing half-written stays");
        var again = Resolve("-");
        again.Created.ShouldBeFalse();
        again.Signing!.PublicText.ShouldBe(policy.Signing.PublicText);
    }

    [Fact]
    public void T62_white_space_around_the_key_is_tolerated()
    {
        var key = ServerKey.Generate();
        _folder.Write("id_ed25519", $" {key.ToSecretText()}\r\n");
        Resolve("-").Signing!.PublicText.ShouldBe(key.PublicText);
    }

    [Theory]
    [InlineData("not base64 at all")]
    [InlineData("AAAA")]
    [InlineData("")]
    public void T62_a_malformed_file_refuses_to_start(string text)
    {
        _folder.Write("id_ed25519", text);
        var refusal = Should.Throw<StartupException>(() => Resolve("-"));
        refusal.Message.ShouldStartWith("Fatal error: malformed private key in id_ed25519");
        refusal.Code.ShouldBe(1);
        File.ReadAllText(_folder.File("id_ed25519")).ShouldBe(text, "it is never overwritten");
    }

    [Fact]
    public void T62_halves_that_do_not_belong_together_refuse_to_start()
    {
        var one = Convert.FromBase64String(ServerKey.Generate().ToSecretText());
        var other = Convert.FromBase64String(ServerKey.Generate().ToSecretText());
        var mixed = Convert.ToBase64String([.. one[..32], .. other[32..]]);
        _folder.Write("id_ed25519", mixed);
        Should.Throw<StartupException>(() => Resolve("-")).Message.ShouldContain("can't sign");
        Should.Throw<StartupException>(() => Resolve(mixed)).Message.ShouldContain("--key");
    }

    [Theory]
    [InlineData("-")]
    [InlineData("_")]
    public void T63_a_dash_means_the_pair_of_the_folder(string value)
    {
        var policy = Resolve(value);
        policy.Required.ShouldBe(policy.Signing!.PublicText);
        policy.Warning.ShouldBeEmpty();
    }

    [Fact]
    public void T63_empty_means_no_key_but_signing_goes_on_with_a_warning()
    {
        var policy = Resolve("");
        policy.Required.ShouldBeEmpty();
        policy.Signing.ShouldNotBeNull();
        policy.Warning.ShouldContain("anyone");
    }

    [Fact]
    public void T63_64_bytes_are_that_pair_and_no_files_are_touched()
    {
        var key = ServerKey.Generate();
        var policy = Resolve(key.ToSecretText());
        policy.Signing!.PublicText.ShouldBe(key.PublicText);
        policy.Required.ShouldBe(key.PublicText);
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void T63_the_public_key_of_the_stored_pair_still_signs()
    {
        var stored = Resolve("-").Signing!;
        var policy = Resolve(stored.PublicText);
        policy.Required.ShouldBe(stored.PublicText);
        policy.Signing!.PublicText.ShouldBe(stored.PublicText);
    }

    [Fact]
    public void T63_a_public_key_of_another_pair_refuses_to_start_because_signing_would_be_lost()
    {
        Resolve("-");
        Should.Throw<StartupException>(() => Resolve(ServerKey.Generate().PublicText)).Message.ShouldContain("signing would be lost");
    }

    [Fact]
    public void T63_a_pass_phrase_is_required_and_the_stored_pair_signs()
    {
        Should.Throw<StartupException>(() => Resolve("open sesame")).Message.ShouldContain("signing would be lost");
        var stored = Resolve("-").Signing!;
        var policy = Resolve("open sesame");
        policy.Required.ShouldBe("open sesame");
        policy.Signing!.PublicText.ShouldBe(stored.PublicText);
        policy.Warning.ShouldContain("pass phrase");
    }

    [Fact]
    public void A_relay_on_its_own_needs_the_key_told_and_touches_no_files()
    {
        Should.Throw<StartupException>(() => Resolve("-", "relay")).Message.ShouldContain("--key");
        var key = ServerKey.Generate();
        Resolve(key.PublicText, "relay").Required.ShouldBe(key.PublicText);
        Resolve("", "relay").Required.ShouldBeEmpty();
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
        KeyFiles.Write(_folder.Path, key);
        Resolve("-", "relay").Required.ShouldBe(key.PublicText);
    }

    [Fact]
    public void An_initial_key_is_written_once_and_never_over_another()
    {
        var key = ServerKey.Generate();
        Resolve("-", initial: key.ToSecretText()).Signing!.PublicText.ShouldBe(key.PublicText);
        Resolve("-", initial: ServerKey.Generate().ToSecretText()).Signing!.PublicText.ShouldBe(key.PublicText);
    }

    private KeyPolicy Resolve(string key, string role = "", string initial = "")
    {
        var options = new HawserOptions { Data = _folder.Path, Key = key, InitialKey = initial };
        if (role.Length > 0) options.Role.Add(role);
        return KeyPolicy.Resolve(options);
    }
}
