using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Hawser.Api.Directories;
using Hawser.Api.Directories.Wire;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Directories;

/// <summary>What our LDAP client writes, and what it makes of directories that lie or hang.</summary>
public class LdapWireTests
{
    [Theory]
    [InlineData("(uid=mara)", "A30B0403756964 04046D617261")]
    [InlineData("(uid=*)", "8703756964")]
    [InlineData("(&(a=1)(!(b=2)))", "A0 10 A306 040161 040131 A2 08 A306 040162 040132 |")]
    [InlineData("(cn=a*b*c)", "A4 11 0402636E 30 0B 800161 810162 820163 |")]
    [InlineData("(cn=\\2a\\28)", "A308 0402636E 04022A28")]
    [InlineData("(n>=5)", "A506 04016E 040135")]
    [InlineData("(memberOf:1.2.3:=x)", null)]
    public void Filters_are_written_as_RFC_4511_wants(string filter, string? expected)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        LdapFilter.Write(writer, filter);
        var hex = Convert.ToHexString(writer.Encode());
        if (expected is null) hex.ShouldStartWith("A9");
        else if (!expected.EndsWith('|')) hex.ShouldBe(expected.Replace(" ", "", StringComparison.Ordinal));
        else hex[..2].ShouldBe(expected[..2]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("uid=mara")]
    [InlineData("(uid=mara")]
    [InlineData("(uid=mara))")]
    [InlineData("(&(a=1)")]
    [InlineData("(=x)")]
    [InlineData("(a b=x)")]
    [InlineData("(a=\\zz)")]
    [InlineData("()")]
    public void Malformed_filters_are_refused_before_anything_is_sent(string filter) =>
        LdapFilter.Complaint(filter).ShouldNotBeNull();

    [Fact]
    public void A_filter_nested_without_end_is_refused() =>
        LdapFilter.Complaint(string.Concat(Enumerable.Repeat("(!", 10_000))).ShouldNotBeNull();

    [Theory]
    [InlineData("a*b", "a\\2ab")]
    [InlineData("a)(b", "a\\29\\28b")]
    [InlineData("ü\\", "\\c3\\bc\\5c")]
    [InlineData("\0", "\\00")]
    public void Values_of_people_are_escaped_in_filters(string value, string expected) =>
        LdapFilter.Escape(value).ShouldBe(expected);

    [Theory]
    [InlineData("mara,ou=x", "mara\\,ou\\=x")]
    [InlineData(" a ", "\\ a\\ ")]
    [InlineData("#1", "\\#1")]
    [InlineData("a\"+<>;\\", "a\\\"\\+\\<\\>\\;\\\\")]
    public void Values_of_people_are_escaped_in_DNs(string value, string expected) =>
        DirectoryRules.EscapeDn(value).ShouldBe(expected);

    [Theory]
    [InlineData("485454502F312E31")] // HTTP
    [InlineData("3080")] // without end
    [InlineData("3085FFFFFFFFFF")] // a length of five bytes
    [InlineData("3084FFFFFFFF")] // 4 GB
    [InlineData("3003020101")] // nothing inside
    [InlineData("300C02010161070A010004000400AA")] // closes early
    [InlineData("300C02010261070A010004000400")] // answers another question
    [InlineData("300C02010078070A013404000400")] // says good-bye
    [InlineData("300C02010165070A010004000400")] // the end of a search
    [InlineData("")] // hangs up
    public async Task A_directory_that_lies_ends_in_words(string hex)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[512]);
            await stream.WriteAsync(Convert.FromHexString(hex));
        });
        await using var connection = await LdapConnection.OpenAsync(Target(port, 5), TimeProvider.System, default);
        var bind = connection.BindAsync("cn=x", "y", default);
        if (hex == "300C02010161070A010004000400AA") await bind;
        else (await Should.ThrowAsync<LdapFault>(bind)).Message.ShouldStartWith("the directory");
        await serving;
    }

    [Fact]
    public async Task A_directory_that_says_nothing_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var connection = await LdapConnection.OpenAsync(Target(port, 1), TimeProvider.System, default);
        await Should.ThrowAsync<LdapFault>(connection.BindAsync("cn=x", "y", default));
        await Should.ThrowAsync<LdapFault>(LdapConnection.OpenAsync(
            Target(port, 1) with { StartTls = true }, TimeProvider.System, default));
        await Should.ThrowAsync<LdapFault>(LdapConnection.OpenAsync(
            Target(port, 1) with { Address = new Uri($"ldaps://127.0.0.1:{port}") }, TimeProvider.System, default));
    }

    [Fact]
    public async Task What_comes_between_StartTLS_and_TLS_is_not_believed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[512]);
            // The right answer, and a forged one for the bind that would come next.
            await stream.WriteAsync(Convert.FromHexString("300C02010178070A010004000400" + "300C02010261070A010004000400"));
            _ = await stream.ReadAsync(new byte[1]);
        });
        (await Should.ThrowAsync<LdapFault>(LdapConnection.OpenAsync(
            Target(port, 5) with { StartTls = true }, TimeProvider.System, default))).Message.ShouldContain("before TLS");
        await serving;
    }

    [Fact]
    public void Settings_that_can_t_work_or_send_passwords_in_the_clear_are_refused()
    {
        DirectoryRules.Check(new DirectorySettings()).Count.ShouldBe(2);
        var good = new DirectorySettings { Urls = ["ldaps://dc.example"], BaseDn = "dc=example" };
        DirectoryRules.Check(good).ShouldBeEmpty();
        foreach (var bad in new[]
        {
            good with { Urls = ["ldap://dc.example"] }, good with { Urls = ["https://dc.example"] },
            good with { UserFilter = "(x" }, good with { BindDn = "cn=x" }, good with { BindPattern = "cn=x" },
            good with { Authorities = "no certificate" }, good with { TimeoutSeconds = 0 },
            good with { MaximumVanishedPercent = 101 }, good with { LoginAttributes = [] },
        })
        {
            DirectoryRules.Check(bad).Count.ShouldBe(1);
        }

        DirectoryRules.Check(good with { Urls = ["ldap://dc.example"], StartTls = true }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 1, 20, true)]
    [InlineData(3, 3, 99, true)]
    [InlineData(3, 3, 100, false)]
    [InlineData(1, 2, 20, false)]
    [InlineData(2, 3, 20, true)]
    [InlineData(20, 100, 20, false)]
    [InlineData(21, 100, 20, true)]
    public void Never_all_at_once(int gone, int known, int percent, bool tooMany) =>
        DirectorySync.IsTooMany(gone, known, percent).ShouldBe(tooMany);

    private static LdapTarget Target(int port, int seconds) => new(
        new Uri($"ldap://127.0.0.1:{port}"), false, new X509Certificate2Collection(), TimeSpan.FromSeconds(seconds));
}
