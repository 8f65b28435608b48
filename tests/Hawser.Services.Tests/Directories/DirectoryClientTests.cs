using Hawser.Api.Directories;
using Hawser.Api.Directories.Wire;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Directories;

/// <summary>Our own LDAP client against a real slapd that refuses anonymous binds and caps unpaged searches.</summary>
public sealed class DirectoryClientTests
{
    private readonly DirectoryClient _client = new(TimeProvider.System);

    [Fact]
    public async Task Passwords_are_checked_plain_by_StartTLS_and_by_TLS()
    {
        await using var slapd = await Slapd.StartAsync();
        foreach (var settings in new[]
        {
            slapd.Settings,
            slapd.Settings with { StartTls = true, Authorities = slapd.Authority },
            slapd.Settings with { Urls = [slapd.Tls], Authorities = slapd.Authority },
            slapd.Settings with { Urls = ["ldap://127.0.0.1:1", slapd.Tls], Authorities = slapd.Authority },
            slapd.Settings with { BindDn = "", BindPassword = "", BindPattern = "uid={login},ou=people," + Slapd.Suffix },
        })
        {
            var found = await _client.AuthenticateAsync(settings, "Mara", "pw-mara", default);
            found.ShouldNotBeNull();
            found.Person.LoginName.ShouldBe("mara");
            found.Person.DisplayName.ShouldBe("mara of Example");
            found.Person.Email.ShouldBe("mara@example.test");
            Guid.TryParse(found.Person.Subject, out _).ShouldBeTrue();
            (await _client.AuthenticateAsync(settings, "mara", "pw-otto", default)).ShouldBeNull();
            (await _client.AuthenticateAsync(settings, "nobody", "pw-mara", default)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task An_empty_password_and_names_with_special_signs_let_nobody_in()
    {
        await using var slapd = await Slapd.StartAsync();
        foreach (var name in new[] { "mara", "*", "mar*", "mara)(uid=*", "uid=mara,ou=people," + Slapd.Suffix, "\\", "mara\0", "" })
        {
            (await _client.AuthenticateAsync(slapd.Settings, name, "", default)).ShouldBeNull();
            if (name != "mara") (await _client.AuthenticateAsync(slapd.Settings, name, "pw-mara", default)).ShouldBeNull();
        }

        var direct = slapd.Settings with { BindDn = "", BindPattern = "uid={login},ou=people," + Slapd.Suffix };
        (await _client.AuthenticateAsync(direct, "mara,ou=people", "pw-mara", default)).ShouldBeNull();
        (await _client.AuthenticateAsync(direct, "mara", "", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_or_for_another_name_is_refused()
    {
        await using var slapd = await Slapd.StartAsync();
        var tls = slapd.Settings with { Urls = [slapd.Tls] };
        (await FaultAsync(tls)).ShouldContain("certificate");
        (await FaultAsync(slapd.Settings with { StartTls = true })).ShouldContain("certificate");
        var otherName = tls with { Urls = [slapd.Tls.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)] };
        (await FaultAsync(otherName with { Authorities = slapd.Authority })).ShouldContain("certificate");
    }

    [Fact]
    public async Task What_is_wrong_is_said_in_words()
    {
        await using var slapd = await Slapd.StartAsync();
        (await FaultAsync(slapd.Settings with { BindPassword = "wrong" })).ShouldContain("invalid credentials");
        (await FaultAsync(slapd.Settings with { Urls = ["ldap://127.0.0.1:1"] })).ShouldContain("can't be reached");
        (await FaultAsync(slapd.Settings with { BaseDn = "ou=nowhere," + Slapd.Suffix })).ShouldContain("no such object");
        var code = await Should.ThrowAsync<LdapFault>(
            _client.AuthenticateAsync(slapd.Settings with { BindPassword = "wrong" }, "mara", "pw-mara", default));
        code.Code.ShouldBe(LdapFault.InvalidCredentials);
    }

    [Fact]
    public async Task Groups_come_from_the_entry_and_from_the_groups()
    {
        await using var slapd = await Slapd.StartAsync();
        var found = await _client.FindAsync(slapd.Settings, "mara", default);
        found!.Person.Groups!.ShouldContain("staff");
        found.Person.Groups!.ShouldContain("root");
        found.Person.Groups!.ShouldContain("cn=root,ou=groups," + Slapd.Suffix);
        (await _client.FindAsync(slapd.Settings, "nils", default))!.Person.Groups!.ShouldContain("unix");
        var ownOnly = await _client.FindAsync(slapd.Settings with { GroupBaseDn = "" }, "otto", default);
        ownOnly!.Person.Groups!.ShouldBe(["cn=staff,ou=groups," + Slapd.Suffix, "staff"]);
        var filtered = slapd.Settings with { UserFilter = $"(memberOf=cn=root,ou=groups,{Slapd.Suffix})" };
        (await _client.FindAsync(filtered, "mara", default)).ShouldNotBeNull();
        (await _client.FindAsync(filtered, "otto", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_list_longer_than_a_page_and_than_the_servers_limit_is_read_whole()
    {
        await using var slapd = await Slapd.StartAsync(people: 1203);
        var all = new List<DirectoryPerson>();
        var settings = slapd.Settings with { BindDn = "uid=nils,ou=people," + Slapd.Suffix, BindPassword = "pw-nils" };
        await foreach (var person in _client.ListAsync(settings, default)) all.Add(person);
        all.Count.ShouldBe(1203);
        all.Select(p => p.Person.Subject).Distinct().Count().ShouldBe(1203);
        all.Single(p => p.Person.LoginName == "mara").Person.Groups!.ShouldContain("staff");
    }

    private async Task<string> FaultAsync(DirectorySettings settings) => (await Should.ThrowAsync<LdapFault>(async () =>
    {
        await foreach (var _ in _client.ListAsync(settings, default)) break;
    })).Message;
}
