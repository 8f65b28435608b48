using System.Collections.Immutable;
using Hawser.Api.Access;
using Hawser.Data.Access;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

public class AccessPolicyTests
{
    private const string Closed = """{"from_date":"2020-01-01","to_date":"2020-01-02"}""";
    private static readonly DateTime Now = new(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc);
    private static readonly Guid Sales = Guid.NewGuid();
    private static readonly Guid Support = Guid.NewGuid();
    private static readonly Guid Cellar = Guid.NewGuid();
    private static readonly AccessCaller Anna = new(Guid.NewGuid(), "anna", false, Sales);
    private static readonly AccessCaller Ben = new(Guid.NewGuid(), "ben", false, Sales);
    private static readonly AccessCaller Cleo = new(Guid.NewGuid(), "cleo", false, Support);
    private static readonly AccessCaller Root = new(Guid.NewGuid(), "root", true, Support);
    private static readonly TargetFacts OfAnna = new(Guid.NewGuid(), true, Anna.Guid, true, Sales, []);
    private static readonly TargetFacts InCellar = new(Guid.NewGuid(), true, null, true, null, [Cellar]);
    private static readonly TargetFacts Free = new(Guid.NewGuid(), true, null, true, null, []);

    public static TheoryData<string, string, string, bool, string> Table => new()
    {
        // policy, who, what, allowed, why
        { "open", "nobody", "anna's", true, "Open" },
        { "open", "cleo", "anna's", true, "Open" },
        { "open", "anna", "anna's", true, "Owner" },
        { "open", "nobody", "disabled", false, "DeviceDisabled" },
        { "open", "root", "orphaned", false, "OwnerDisabled" },
        { "own", "nobody", "anna's", false, "NotLoggedIn" },
        { "own", "nobody", "cellar", false, "NotLoggedIn" },
        { "own", "nobody", "free", true, "Unassigned" },
        { "own", "anna", "anna's", true, "Owner" },
        { "own", "ben", "anna's", true, "SameGroup" },
        { "own", "cleo", "anna's", false, "NothingAllows" },
        { "own", "root", "anna's", false, "NothingAllows" },
        { "own", "cleo", "cellar", false, "NothingAllows" },
        { "own", "cleo", "free", true, "Unassigned" },
        { "own", "anna", "disabled", false, "DeviceDisabled" },
        { "own", "anna", "orphaned", false, "OwnerDisabled" },
        { "own strict", "ben", "anna's", false, "NothingAllows" },
        { "own strict", "anna", "anna's", true, "Owner" },
        { "own admins", "nobody", "free", false, "NotLoggedIn" },
        { "own admins", "cleo", "free", false, "UnassignedAdminsOnly" },
        { "own admins", "root", "free", true, "Unassigned" },
        { "own admins", "root", "anna's", false, "NothingAllows" },
        { "own all", "root", "anna's", true, "Administrator" },
        { "own all", "root", "disabled", false, "DeviceDisabled" },
        { "own all", "root", "orphaned", false, "OwnerDisabled" },
        { "own all", "cleo", "anna's", false, "NothingAllows" },
        { "rules", "nobody", "free", false, "NotLoggedIn" },
        { "rules", "anna", "anna's", false, "NothingAllows" },
        { "rules", "ben", "anna's", false, "NothingAllows" },
        { "rules", "cleo", "free", false, "NothingAllows" },
        { "rules all", "root", "free", true, "Administrator" },
        { "login", "nobody", "free", false, "LoginRequired" },
        { "login", "cleo", "free", true, "Open" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Without_rules_it_is_the_policy_that_decides(
        string policy, string who, string what, bool allowed, string why)
    {
        var decision = Decide(Policy(policy), Who(who), What(what));
        decision.Allowed.ShouldBe(allowed);
        decision.Reason.ToString().ShouldBe(why);
        decision.Text.Length.ShouldBe(allowed ? 0 : decision.Text.Length);
        if (!allowed) decision.Text.Length.ShouldBeInRange(10, 120);
    }

    public static TheoryData<AccessSubject, string, AccessTarget, string, bool, bool> Rules => new()
    {
        // subject, target, then: does it let cleo reach anna's device, and the one in the cellar?
        { AccessSubject.Everybody, "", AccessTarget.AllDevices, "", true, true },
        { AccessSubject.User, "cleo", AccessTarget.AllDevices, "", true, true },
        { AccessSubject.User, "ben", AccessTarget.AllDevices, "", false, false },
        { AccessSubject.UserGroup, "support", AccessTarget.AllDevices, "", true, true },
        { AccessSubject.UserGroup, "sales", AccessTarget.AllDevices, "", false, false },
        { AccessSubject.Everybody, "", AccessTarget.Device, "anna's", true, false },
        { AccessSubject.Everybody, "", AccessTarget.DeviceGroup, "cellar", false, true },
        { AccessSubject.Everybody, "", AccessTarget.User, "anna", true, false },
        { AccessSubject.Everybody, "", AccessTarget.User, "ben", false, false },
        { AccessSubject.Everybody, "", AccessTarget.UserGroup, "sales", true, false },
        { AccessSubject.Everybody, "", AccessTarget.UserGroup, "support", false, false },
        { AccessSubject.Everybody, "", AccessTarget.OwnDevices, "", false, false },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_opens_what_it_names_for_whom_it_names(
        AccessSubject subjectKind, string subject, AccessTarget targetKind, string target, bool annas, bool cellar)
    {
        var rule = Rule(subjectKind, subject.Length == 0 ? null : Named(subject), targetKind,
            target.Length == 0 ? null : Named(target));
        foreach (var policy in new[] { "own", "rules" })
        {
            Decide(Policy(policy), Cleo, OfAnna, rule).Allowed.ShouldBe(annas);
            Decide(Policy(policy), Cleo, InCellar, rule).Allowed.ShouldBe(cellar);
            Decide(Policy(policy), null, InCellar, rule).Allowed.ShouldBeFalse("rules are for accounts");
        }

        Decide(Policy("open"), Cleo, OfAnna, rule).Reason.ShouldBe(annas ? AccessReason.Rule : AccessReason.Open);
    }

    [Fact]
    public void Own_devices_can_be_opened_by_a_rule_where_nothing_is_open_by_itself()
    {
        var rule = Rule(AccessSubject.Everybody, null, AccessTarget.OwnDevices, null);
        Decide(Policy("rules"), Anna, OfAnna, rule).Reason.ShouldBe(AccessReason.Rule);
        Decide(Policy("rules"), Ben, OfAnna, rule).Allowed.ShouldBeFalse();
    }

    [Fact]
    public void Outside_of_its_hours_a_rule_says_when_it_would_allow()
    {
        var rule = Rule(AccessSubject.User, Cleo.Guid, AccessTarget.AllDevices, null,
            """{"time_zone":"Europe/Berlin","windows":[{"days":["mon"],"from":"08:00","to":"09:00"}]}""");
        var decision = Decide(Policy("rules"), Cleo, OfAnna, rule);
        decision.Reason.ShouldBe(AccessReason.OutsideHours);
        decision.Text.ShouldBe("Outside of the allowed hours (Mon 08:00–09:00 Europe/Berlin).");
        Decide(Policy("own"), Cleo, Free, rule).Reason.ShouldBe(AccessReason.Unassigned, "rules only add");
        Decide(Policy("open"), Cleo, OfAnna, rule).Reason.ShouldBe(AccessReason.Open);
        var other = Rule(AccessSubject.Everybody, null, AccessTarget.AllDevices, null);
        Decide(Policy("rules"), Cleo, OfAnna, rule, other).Rule!.Guid.ShouldBe(other.Guid, "the next one is asked");
    }

    [Fact]
    public void A_disabled_rule_and_one_whose_schedule_cannot_be_read_allow_nothing()
    {
        var off = Rule(AccessSubject.Everybody, null, AccessTarget.AllDevices, null);
        off.Enabled = false;
        var broken = Rule(AccessSubject.Everybody, null, AccessTarget.AllDevices, null, "{");
        var decision = Decide(Policy("rules"), Cleo, OfAnna, off, broken);
        decision.Allowed.ShouldBeFalse();
        decision.Text.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_role_is_the_rules_then_the_users_then_the_default_one_and_a_disabled_role_imposes_nothing()
    {
        var defaults = Role("Default", 1, ControlRoleKind.Default);
        var strangers = Role("Not logged in", 2, ControlRoleKind.NotLoggedIn);
        var own = Role("own", 4);
        var byRule = Role("by rule", 8);
        var off = Role("off", 1);
        off.Enabled = false;
        var rule = Rule(AccessSubject.User, Anna.Guid, AccessTarget.DeviceGroup, Cellar);
        rule.ControlRoleGuid = byRule.Guid;
        var rows = new SnapshotRows(
            Policy("open"), [rule], [defaults, strangers, own, byRule, off],
            new Dictionary<Guid, Guid> { [Anna.Guid] = own.Guid, [Ben.Guid] = off.Guid, [Root.Guid] = Guid.NewGuid() },
            new BlockedDevices(), true);
        var snapshot = new AccessSnapshot(rows);
        ulong? Map(AccessCaller? caller, TargetFacts facts) =>
            AccessPolicy.Decide(snapshot, caller, facts, Now).Role?.Map;
        Map(null, Free).ShouldBe(2ul);
        Map(Anna, Free).ShouldBe(4ul);
        Map(Anna, InCellar).ShouldBe(8ul);
        Map(Ben, Free).ShouldBeNull();
        Map(Cleo, Free).ShouldBe(1ul);
        Map(Root, Free).ShouldBe(1ul, "a role that is gone is none");
    }

    [Theory]
    [InlineData(0x3, 0ul)]
    [InlineData(0x9, 9ul)]
    [InlineData(0x7, 4ul)]
    [InlineData(-1, 0ul)]
    [InlineData(1L << 24, 1ul << 24)]
    [InlineData(1L << 26, 0ul)]
    public void A_stored_map_is_sent_without_unknown_permissions_and_invalid_states(long stored, ulong sent) =>
        PermissionMap.Clean(stored).ShouldBe(sent);

    [Fact]
    public void The_map_has_two_bits_a_permission_at_the_index_of_the_wire()
    {
        // The example of the reference: forbid file, allow clipboard.
        PermissionMap.TryBuild(
            new Dictionary<string, PermissionState> { ["file"] = PermissionState.Deny, ["clipboard"] = PermissionState.Allow },
            out var map, out _).ShouldBeTrue();
        map.ShouldBe(96ul);
        PermissionMap.Describe(96).ShouldBe(new Dictionary<string, PermissionState>
        {
            ["clipboard"] = PermissionState.Allow, ["file"] = PermissionState.Deny,
        }, ignoreOrder: true);
        PermissionMap.Names.IndexOf("privacy_mode").ShouldBe(12);
    }

    [Fact]
    public void The_more_precise_rule_is_asked_first()
    {
        var forAll = Rule(AccessSubject.Everybody, null, AccessTarget.Device, OfAnna.Guid);
        var forGroup = Rule(AccessSubject.UserGroup, Support, AccessTarget.AllDevices, null);
        var broad = Rule(AccessSubject.User, Cleo.Guid, AccessTarget.AllDevices, null);
        var narrow = Rule(AccessSubject.User, Cleo.Guid, AccessTarget.Device, OfAnna.Guid);
        Decide(Policy("rules"), Cleo, OfAnna, forAll, forGroup, broad, narrow).Rule!.Guid.ShouldBe(narrow.Guid);
        Decide(Policy("rules"), Cleo, OfAnna, forAll, forGroup, broad).Rule!.Guid.ShouldBe(broad.Guid);
        Decide(Policy("rules"), Cleo, OfAnna, forAll, forGroup).Rule!.Guid.ShouldBe(forGroup.Guid);
    }

    private static AccessDecision Decide(
        AccessSettings settings, AccessCaller? caller, TargetFacts target, params AccessRule[] rules)
    {
        var rows = new SnapshotRows(settings, rules, [], ImmutableDictionary<Guid, Guid>.Empty, new BlockedDevices(), true);
        return AccessPolicy.Decide(new AccessSnapshot(rows), caller, target, Now);
    }

    private static AccessSettings Policy(string words)
    {
        var settings = new AccessSettings
        {
            DefaultPolicy = words.Split(' ')[0] switch
            {
                "own" => DefaultPolicy.Own,
                "rules" => DefaultPolicy.Rules,
                _ => DefaultPolicy.Open,
            },
        };
        if (words == "login") settings.LoginRequired = true;
        if (words.EndsWith(" strict", StringComparison.Ordinal)) settings.SameGroup = false;
        if (words.EndsWith(" admins", StringComparison.Ordinal)) settings.UnassignedAdminsOnly = true;
        if (words.EndsWith(" all", StringComparison.Ordinal)) settings.AdminsReachAll = true;
        return settings;
    }

    private static AccessCaller? Who(string name) => name switch
    {
        "anna" => Anna,
        "ben" => Ben,
        "cleo" => Cleo,
        "root" => Root,
        _ => null,
    };

    private static TargetFacts What(string name) => name switch
    {
        "anna's" => OfAnna,
        "cellar" => InCellar,
        "disabled" => OfAnna with { Enabled = false },
        "orphaned" => OfAnna with { OwnerEnabled = false },
        _ => Free,
    };

    private static Guid Named(string name) => name switch
    {
        "sales" => Sales,
        "support" => Support,
        "cellar" => Cellar,
        "anna's" => OfAnna.Guid,
        _ => Who(name)!.Guid,
    };

    private static AccessRule Rule(
        AccessSubject subjectKind, Guid? subject, AccessTarget targetKind, Guid? target, string schedule = "") => new()
        {
            SubjectKind = subjectKind, SubjectGuid = subject, TargetKind = targetKind, TargetGuid = target,
            Schedule = schedule, Enabled = true,
        };

    private static ControlRole Role(string name, long map, ControlRoleKind kind = ControlRoleKind.Custom) =>
        new() { Name = name, Permissions = map, Kind = kind, Enabled = true };
}
