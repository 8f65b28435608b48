using Hawser.Protocol.Identity;
using Hawser.Server.Configuration;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

public sealed class LegacyNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void T64_an_env_file_moves_all_ports_and_names_the_relay()
    {
        _folder.Write(".env", "relay-servers=x\nPORT=22116\n");
        var options = Read([]).Options;
        options.Rendezvous.RelayServers.ShouldBe(["x"]);
        options.Rendezvous.Port.ShouldBe(22116);
        options.Relay.Port.ShouldBe(22117);
    }

    [Fact]
    public void A_port_flag_is_the_relays_own_for_a_relay_on_its_own_and_a_variable_is_one_less()
    {
        Read(["-p", "5000", "--role", "relay"]).Options.Relay.Port.ShouldBe(5000);
        Read(["--role", "relay"], ("PORT", "5000")).Options.Relay.Port.ShouldBe(5001);
        Read(["-p", "5000"]).Options.Rendezvous.Port.ShouldBe(5000);
        Read(["-p", "5000"]).Options.Relay.Port.ShouldBe(5001);
        Read([], ("PORT", "tcp://10.0.0.1:80")).Errors.ShouldHaveSingleItem().ShouldContain("PORT");
    }

    [Theory]
    [InlineData("RELAY-SERVERS", "a,b:1", "rendezvous.relayServers", "a,b:1")]
    [InlineData("relay_servers", "a", "rendezvous.relayServers", "a")]
    [InlineData("RELAY", "a", "rendezvous.relayServers", "a")]
    [InlineData("RENDEZVOUS_SERVERS", "a,b", "rendezvous.rendezvousServers", "a,b")]
    [InlineData("SERIAL", "7", "rendezvous.serial", "7")]
    [InlineData("RMEM", "1000000", "rendezvous.udpReceiveBuffer", "1000000")]
    [InlineData("RMEM", "0", "rendezvous.udpReceiveBuffer", "4194304")]
    [InlineData("MASK", "192.168.0.0/16", "rendezvous.lanNetworks", "192.168.0.0/16")]
    [InlineData("ALWAYS_USE_RELAY", "Y", "rendezvous.alwaysUseRelay", "true")]
    [InlineData("ALWAYS-USE-RELAY", "y", "rendezvous.alwaysUseRelay", "true")]
    [InlineData("ALWAYS_USE_RELAY", "N", "rendezvous.alwaysUseRelay", "false")]
    [InlineData("MUST_LOGIN", "Y", "rendezvous.requireLogin", "true")]
    [InlineData("must-login", "n", "rendezvous.requireLogin", "false")]
    [InlineData("BIND", "127.0.0.1", "bind", "127.0.0.1")]
    [InlineData("KEY", "abc", "key", "abc")]
    [InlineData("KEY", "", "key", "")]
    [InlineData("ENCRYPTED_ONLY", "1", "key", "_")]
    [InlineData("ENCRYPTED_ONLY", "0", "key", "-")]
    [InlineData("DB_URL", "/old/db_v2.sqlite3", "importFrom", "/old/db_v2.sqlite3")]
    [InlineData("SINGLE_BANDWIDTH", "16", "relay.singleBandwidth", "16")]
    [InlineData("SINGLE_BANDWIDTH", "-1", "relay.singleBandwidth", "128")]
    [InlineData("TOTAL_BANDWIDTH", "x", "relay.totalBandwidth", "1024")]
    [InlineData("LIMIT_SPEED", "4", "relay.limitSpeed", "4")]
    [InlineData("DOWNGRADE_THRESHOLD", "0.5", "relay.downgradeThreshold", "0.5")]
    [InlineData("DOWNGRADE_START_CHECK", "60", "relay.downgradeStartCheck", "60")]
    [InlineData("RUST_LOG", "warn", "log.level", "warning")]
    [InlineData("RUST_LOG", "hbbs=debug,info", "log.level", "information")]
    public void Variables_of_hbbs_and_hbbr_are_understood(string name, string value, string path, string expected)
    {
        var effective = Read([], (name, value));
        effective.Errors.ShouldBeEmpty();
        OptionTable.At(path).Text(effective.Options).ShouldBe(expected);
    }

    [Theory]
    [InlineData("-r", "a,b", "rendezvous.relayServers", "a,b")]
    [InlineData("--relay-servers", "a", "rendezvous.relayServers", "a")]
    [InlineData("-k", "_", "key", "_")]
    [InlineData("-k", "-", "key", "-")]
    [InlineData("-k", "", "key", "")]
    [InlineData("-b", "127.0.0.1", "bind", "127.0.0.1")]
    [InlineData("-R", "a", "rendezvous.rendezvousServers", "a")]
    [InlineData("-s", "4", "rendezvous.serial", "4")]
    [InlineData("-M", "1000", "rendezvous.udpReceiveBuffer", "1000")]
    [InlineData("--mask", "10.0.0.0/8", "rendezvous.lanNetworks", "10.0.0.0/8")]
    public void Flags_of_hbbs_and_hbbr_are_understood(string flag, string value, string path, string expected)
    {
        var effective = Read([flag, value]);
        effective.Errors.ShouldBeEmpty();
        OptionTable.At(path).Text(effective.Options).ShouldBe(expected);
        effective.Origin(OptionTable.At(path)).ShouldBe(flag);
    }

    [Fact]
    public void An_ini_file_given_by_c_is_read_as_hbbs_reads_it()
    {
        _folder.Write("hbbs.conf", "; a comment\nalways-use-relay = Y\n[section]\nkey=never\n");
        var options = Read(["-c", "hbbs.conf"]).Options;
        options.Rendezvous.AlwaysUseRelay.ShouldBeTrue();
        options.Key.ShouldBe("-");
    }

    [Fact]
    public void The_upper_case_dashed_spelling_wins()
    {
        Read([], ("always_use_relay", "N"), ("ALWAYS-USE-RELAY", "Y")).Options.Rendezvous.AlwaysUseRelay.ShouldBeTrue();
        Read([], ("Always_Use_Relay", "Y"), ("always_use_relay", "N")).Options.Rendezvous.AlwaysUseRelay.ShouldBeFalse();
    }

    [Fact]
    public void The_env_file_wins_over_the_environment_and_ours_over_both()
    {
        _folder.Write(".env", "SERIAL=5\n");
        Read([], ("SERIAL", "4")).Options.Rendezvous.Serial.ShouldBe(5);
        Read([], ("SERIAL", "4"), ("HAWSER_RENDEZVOUS_SERIAL", "6")).Options.Rendezvous.Serial.ShouldBe(6);
        Read(["-s", "7"], ("HAWSER_RENDEZVOUS_SERIAL", "6")).Options.Rendezvous.Serial.ShouldBe(7);
        Read(["-s", "7", "--rendezvous-serial", "8"]).Options.Rendezvous.Serial.ShouldBe(8);
    }

    [Fact]
    public void A_key_pair_in_the_environment_is_taken_only_as_a_pair()
    {
        var key = ServerKey.Generate();
        var both = Read([], ("KEY_PUB", key.PublicText), ("KEY_PRIV", key.ToSecretText()));
        both.Errors.ShouldBeEmpty();
        both.Options.InitialKey.ShouldBe(key.ToSecretText());
        Read([], ("KEY_PUB", key.PublicText)).Errors.ShouldHaveSingleItem().ShouldContain("together");
        Read([], ("KEY_PRIV", key.ToSecretText())).Errors.ShouldContain(e => e.Contains("together"));
        var other = ServerKey.Generate();
        Read([], ("KEY_PUB", other.PublicText), ("KEY_PRIV", key.ToSecretText())).Errors.ShouldHaveSingleItem()
            .ShouldContain("does not belong");
    }

    [Fact]
    public void Names_without_effect_are_noted()
    {
        Read([], ("TEST_HBBS", "no")).Notices.ShouldHaveSingleItem().ShouldContain("TEST_HBBS");
        Read([], ("LOCAL_IP", "10.0.0.1")).Options.Rendezvous.LocalRelay.ShouldBeEmpty();
        Read([], ("LOCAL_IP", "10.0.0.1"), ("MASK", "10.0.0.0/8")).Options.Rendezvous.LocalRelay.ShouldBe("10.0.0.1");
    }

    private EffectiveOptions Read(string[] arguments, params (string Name, string Value)[] environment) =>
        OptionReader.Read(new OptionSources(arguments, environment.ToDictionary(e => e.Name, e => e.Value), _folder.Path));
}
