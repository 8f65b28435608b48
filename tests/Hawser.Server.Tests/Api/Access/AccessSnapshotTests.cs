using Hawser.Api.Access;
using Hawser.Data.Access;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>The indexed decision against one that goes over every row.</summary>
public class AccessSnapshotTests
{
    private static readonly DateTime Monday = new(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_snapshot_decides_as_somebody_would_who_reads_every_rule()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var world = new World(new Random(seed));
            var snapshot = new AccessSnapshot(world.Rows);
            foreach (var caller in world.Callers)
            {
                foreach (var target in world.Targets)
                {
                    var known = AccessPolicy.NeedsFacts(snapshot, caller) ? target : null;
                    var fast = AccessPolicy.Decide(snapshot, caller, known, Monday);
                    if (known is null && (!target.Enabled || !target.OwnerEnabled)) continue;
                    var (allowed, role) = world.Decide(caller, target);
                    fast.Allowed.ShouldBe(allowed, $"seed {seed}, {caller?.Name} to {target}");
                    if (allowed) (fast.Role?.Map).ShouldBe(role, $"the role with seed {seed}, {caller?.Name} to {target}");
                }
            }
        }
    }

    [Fact]
    public void Facts_are_kept_up_to_a_bound()
    {
        var snapshot = new AccessSnapshot(new World(new Random(1)).Rows);
        for (var i = 0; i < AccessSnapshot.MaxFacts + 100; i++) snapshot.KeepFacts($"{i}", TargetFacts.Nobody);
        snapshot.FactCount.ShouldBe(AccessSnapshot.MaxFacts);
        snapshot.TryGetFacts("0", out _).ShouldBeTrue();
    }

    [Fact]
    public void Blocked_ids_are_found_as_they_are_written()
    {
        var blocked = new BlockedDevices();
        blocked.Add("123456789", false);
        blocked.Add("0123", false);
        blocked.Add("my-pc", true);
        blocked.Add("99999999999999999999", true);
        blocked.Count.ShouldBe(4);
        blocked.Find("123456789").ShouldBe(AccessReason.DeviceDisabled);
        blocked.Find("0123456789").ShouldBeNull();
        blocked.Find("0123").ShouldBe(AccessReason.DeviceDisabled);
        blocked.Find("123").ShouldBeNull();
        blocked.Find("my-pc").ShouldBe(AccessReason.OwnerDisabled);
        blocked.Find("MY-PC").ShouldBeNull();
        blocked.Find("99999999999999999999").ShouldBe(AccessReason.OwnerDisabled);
        blocked.Find(" 123456789").ShouldBeNull();
        blocked.Find("").ShouldBeNull();
    }

    /// <summary>A small random company.</summary>
    private sealed class World
    {
        private readonly Random _random;
        private readonly Guid[] _userGroups = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        private readonly Guid[] _deviceGroups = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        private readonly List<AccessRule> _rules = [];
        private readonly List<ControlRole> _roles = [];
        private readonly Dictionary<Guid, Guid> _roleOfUser = [];
        private readonly AccessSettings _settings;

        public World(Random random)
        {
            _random = random;
            _settings = new AccessSettings
            {
                DefaultPolicy = (DefaultPolicy)random.Next(3), LoginRequired = Chance(4), SameGroup = Chance(2),
                UnassignedAdminsOnly = Chance(2), AdminsReachAll = Chance(4),
            };
            _roles.Add(Role(ControlRoleKind.Default));
            _roles.Add(Role(ControlRoleKind.NotLoggedIn));
            for (var i = 0; i < 3; i++) _roles.Add(Role(ControlRoleKind.Custom));
            Callers = [null, .. Enumerable.Range(0, 6)
                .Select(i => new AccessCaller(Guid.NewGuid(), $"u{i}", Chance(4), Pick(_userGroups)))];
            foreach (var caller in Callers.Skip(1).Where(_ => Chance(3))) _roleOfUser[caller!.Guid] = Pick(_roles[2..]).Guid;
            Targets = [TargetFacts.Nobody, .. Enumerable.Range(0, 8).Select(_ => Target())];
            for (var i = random.Next(8); i > 0; i--) _rules.Add(Rule());
        }

        public AccessCaller?[] Callers { get; }

        public TargetFacts[] Targets { get; }

        public SnapshotRows Rows => new(_settings, _rules, _roles, _roleOfUser, new BlockedDevices(), true);

        /// <summary>As the reference's order says, over every rule.</summary>
        public (bool Allowed, ulong? Role) Decide(AccessCaller? caller, TargetFacts target)
        {
            if (!target.Enabled || !target.OwnerEnabled) return (false, null);
            var unassigned = target.Owner is null && target.Groups.Length == 0;
            var own = _settings.DefaultPolicy == DefaultPolicy.Own;
            var open = _settings.DefaultPolicy == DefaultPolicy.Open;
            if (caller is null)
            {
                return !_settings.LoginRequired && (open || (own && unassigned && !_settings.UnassignedAdminsOnly))
                    ? (true, Map(_roles[1]))
                    : (false, null);
            }

            var mine = Map(_roleOfUser.TryGetValue(caller.Guid, out var role) ? _roles.First(r => r.Guid == role) : _roles[0]);
            if (caller.IsAdmin && _settings.AdminsReachAll) return (true, mine);
            if ((own || open) && target.Owner == caller.Guid) return (true, mine);
            if (own && _settings.SameGroup && target.OwnerGroup == caller.UserGroup) return (true, mine);
            var best = _rules.Where(r => r.Enabled && Names(r, caller) && Opens(r, caller, target) && r.Schedule == "")
                .OrderBy(r => r.SubjectKind switch { AccessSubject.User => 0, AccessSubject.UserGroup => 1, _ => 2 })
                .ThenBy(r => Array.IndexOf(
                    [AccessTarget.Device, AccessTarget.OwnDevices, AccessTarget.DeviceGroup, AccessTarget.User,
                        AccessTarget.UserGroup, AccessTarget.AllDevices], r.TargetKind))
                .ThenBy(r => r.Guid).FirstOrDefault();
            if (best is not null)
            {
                return (true, best.ControlRoleGuid is { } by ? Map(_roles.First(r => r.Guid == by)) : mine);
            }

            var rest = open || (own && unassigned && (!_settings.UnassignedAdminsOnly || caller.IsAdmin));
            return (rest, rest ? mine : null);
        }

        private static bool Names(AccessRule rule, AccessCaller caller) => rule.SubjectKind switch
        {
            AccessSubject.Everybody => true,
            AccessSubject.User => rule.SubjectGuid == caller.Guid,
            _ => rule.SubjectGuid == caller.UserGroup,
        };

        private static bool Opens(AccessRule rule, AccessCaller caller, TargetFacts target) => rule.TargetKind switch
        {
            AccessTarget.AllDevices => true,
            AccessTarget.OwnDevices => target.Owner == caller.Guid,
            AccessTarget.Device => target.Guid == rule.TargetGuid,
            AccessTarget.DeviceGroup => target.Groups.Any(g => g == rule.TargetGuid),
            AccessTarget.User => target.Owner is not null && target.Owner == rule.TargetGuid,
            _ => target.OwnerGroup is not null && target.OwnerGroup == rule.TargetGuid,
        };

        private static ulong? Map(ControlRole role) => role.Enabled && role.Permissions != 0 ? (ulong)role.Permissions : null;

        private bool Chance(int of) => _random.Next(of) == 0;

        private T Pick<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

        private ControlRole Role(ControlRoleKind kind) =>
            new() { Kind = kind, Enabled = !Chance(4), Permissions = 1L << _random.Next(26) };

        private TargetFacts Target()
        {
            var owner = Chance(3) ? null : Callers[1 + _random.Next(6)];
            Guid[] groups = Chance(2) ? [] : [Pick(_deviceGroups), Pick(_deviceGroups)];
            return new(Guid.NewGuid(), !Chance(8), owner?.Guid, owner is null || !Chance(8), owner?.UserGroup, [.. groups]);
        }

        private AccessRule Rule()
        {
            var subject = (AccessSubject)_random.Next(3);
            var target = (AccessTarget)_random.Next(6);
            return new AccessRule
            {
                Enabled = !Chance(5),
                SubjectKind = subject,
                SubjectGuid = subject switch
                {
                    AccessSubject.User => Callers[1 + _random.Next(6)]!.Guid,
                    AccessSubject.UserGroup => Pick(_userGroups),
                    _ => null,
                },
                TargetKind = target,
                TargetGuid = target switch
                {
                    AccessTarget.Device => Pick(Targets[1..]).Guid,
                    AccessTarget.DeviceGroup => Pick(_deviceGroups),
                    AccessTarget.User => Callers[1 + _random.Next(6)]!.Guid,
                    AccessTarget.UserGroup => Pick(_userGroups),
                    _ => null,
                },
                Schedule = Chance(4) ? """{"to_date":"2020-01-01"}""" : "",
                ControlRoleGuid = Chance(3) ? Pick(_roles[2..]).Guid : null,
            };
        }
    }
}
