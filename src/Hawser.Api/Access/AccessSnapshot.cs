using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Hawser.Data.Access;
using Hawser.Protocol.Identity;

namespace Hawser.Api.Access;

/// <summary>A control role, ready to be sent.</summary>
/// <param name="Guid">Its row.</param>
/// <param name="Name">Its name.</param>
/// <param name="Map">Two bits a permission; null when it imposes nothing.</param>
internal sealed record CompiledRole(Guid Guid, string Name, ulong? Map);

/// <summary>A rule, ready to be asked.</summary>
internal sealed class CompiledRule
{
    public CompiledRule(AccessRule row, CompiledRole? role)
    {
        Guid = row.Guid;
        Name = row.Name;
        SubjectKind = row.SubjectKind;
        Subject = row.SubjectGuid;
        TargetKind = row.TargetKind;
        Target = row.TargetGuid;
        Role = role;
        IsBroken = !AccessSchedule.TryParse(row.Schedule, out var schedule, out var error);
        Schedule = schedule;
        Problem = error;
    }

    public Guid Guid { get; }

    public string Name { get; }

    public AccessSubject SubjectKind { get; }

    public Guid? Subject { get; }

    public AccessTarget TargetKind { get; }

    public Guid? Target { get; }

    /// <summary>Null: the user's own.</summary>
    public CompiledRole? Role { get; }

    /// <summary>Null: always.</summary>
    public AccessSchedule? Schedule { get; }

    /// <summary>The schedule can't be read here, for instance because this machine lacks the time zone: the rule allows
    /// nothing.</summary>
    public bool IsBroken { get; }

    /// <summary>Why it is broken.</summary>
    public string Problem { get; }

    /// <summary>Whether it holds at a moment.</summary>
    public bool IsOpenAt(DateTime utc) => !IsBroken && (Schedule is null || Schedule.IsOpenAt(utc));

    /// <summary>The more precise a rule, the earlier it is asked: what it names first, then its age.</summary>
    internal static int Compare(CompiledRule a, CompiledRule b)
    {
        var order = Breadth(a.TargetKind).CompareTo(Breadth(b.TargetKind));
        return order != 0 ? order : a.Guid.CompareTo(b.Guid);
    }

    private static int Breadth(AccessTarget kind) => kind switch
    {
        AccessTarget.Device => 0,
        AccessTarget.OwnDevices => 1,
        AccessTarget.DeviceGroup => 2,
        AccessTarget.User => 3,
        AccessTarget.UserGroup => 4,
        _ => 5,
    };
}

/// <summary>
/// Everything a decision needs that is small, as of one moment, swapped as a whole: settings, rules, roles, who has a
/// role of his own, and which devices can't be reached at all. What is true of most devices (enabled, whoever's they
/// are) is not here: it is read when it is asked for, and kept with the snapshot, up to <see cref="MaxFacts"/> devices.
/// </summary>
internal sealed class AccessSnapshot
{
    /// <summary>Devices whose facts are kept, at most.</summary>
    internal const int MaxFacts = 50_000;

    private readonly ConcurrentDictionary<string, TargetFacts> _facts = new(StringComparer.Ordinal);
    private readonly CompiledRule[] _forEverybody;
    private readonly FrozenDictionary<Guid, CompiledRule[]> _forUser;
    private readonly FrozenDictionary<Guid, CompiledRule[]> _forGroup;
    private readonly FrozenDictionary<Guid, CompiledRole> _roleOfUser;
    private readonly CompiledRole? _default;
    private int _factCount;

    public AccessSnapshot(SnapshotRows rows)
    {
        Settings = rows.Settings;
        Blocked = rows.Blocked;
        // What can't be read blocks nobody; it is looked at when it is stored.
        Sources = AddressList.TryParse(rows.Settings.BlockedAddresses, out var sources, out _)
            ? sources : AddressList.Empty;
        HasUsers = rows.HasUsers;
        var roles = rows.Roles.ToDictionary(r => r.Guid, Compile);
        NotLoggedIn = Built(rows.Roles, roles, ControlRoleKind.NotLoggedIn);
        _default = Built(rows.Roles, roles, ControlRoleKind.Default);
        _roleOfUser = rows.RoleOfUser.Where(p => roles.ContainsKey(p.Value))
            .ToFrozenDictionary(p => p.Key, p => roles[p.Value]);
        Rules = [.. rows.Rules.Where(r => r.Enabled)
            .Select(r => new CompiledRule(r, r.ControlRoleGuid is { } role ? roles.GetValueOrDefault(role) : null))];
        _forEverybody = Sorted(Rules.Where(r => r.SubjectKind == AccessSubject.Everybody));
        _forUser = BySubject(AccessSubject.User);
        _forGroup = BySubject(AccessSubject.UserGroup);
    }

    /// <summary>The settings.</summary>
    public AccessSettings Settings { get; }

    /// <summary>The enabled rules.</summary>
    public ImmutableArray<CompiledRule> Rules { get; }

    /// <summary>Devices that can't be reached at all.</summary>
    public BlockedDevices Blocked { get; }

    /// <summary>From where nobody is introduced.</summary>
    public AddressList Sources { get; }

    /// <summary>Whether there are accounts. Without any, tokens are some other server's and mean nothing.</summary>
    public bool HasUsers { get; }

    /// <summary>The role of those who are not logged in.</summary>
    public CompiledRole? NotLoggedIn { get; }

    /// <summary>Facts that are kept.</summary>
    internal int FactCount => Volatile.Read(ref _factCount);

    /// <summary>The role of a user: his own, or the default one.</summary>
    public CompiledRole? RoleOf(AccessCaller caller) => _roleOfUser.GetValueOrDefault(caller.Guid) ?? _default;

    /// <summary>Whether any rule is for a user.</summary>
    public bool HasRulesFor(AccessCaller caller) =>
        _forEverybody.Length > 0 || _forUser.ContainsKey(caller.Guid) || _forGroup.ContainsKey(caller.UserGroup);

    /// <summary>The rules for a user: first those that name him, then his group's, then everybody's; within these the
    /// more precise first.</summary>
    public IEnumerable<CompiledRule> RulesFor(AccessCaller caller)
    {
        foreach (var rule in _forUser.GetValueOrDefault(caller.Guid, [])) yield return rule;
        foreach (var rule in _forGroup.GetValueOrDefault(caller.UserGroup, [])) yield return rule;
        foreach (var rule in _forEverybody) yield return rule;
    }

    /// <summary>Facts that were read since this snapshot was made.</summary>
    public bool TryGetFacts(string deviceId, out TargetFacts? facts) => _facts.TryGetValue(deviceId, out facts);

    /// <summary>Keeps facts, while there is room.</summary>
    public void KeepFacts(string deviceId, TargetFacts facts)
    {
        if (Volatile.Read(ref _factCount) < MaxFacts && _facts.TryAdd(deviceId, facts))
        {
            Interlocked.Increment(ref _factCount);
        }
    }

    private static CompiledRole Compile(ControlRole row)
    {
        var map = PermissionMap.Clean(row.Permissions);
        return new CompiledRole(row.Guid, row.Name, row.Enabled && map != 0 ? map : null);
    }

    private static CompiledRole? Built(
        IReadOnlyList<ControlRole> rows, Dictionary<Guid, CompiledRole> roles, ControlRoleKind kind) =>
        rows.FirstOrDefault(r => r.Kind == kind) is { } row ? roles[row.Guid] : null;

    private static CompiledRule[] Sorted(IEnumerable<CompiledRule> rules)
    {
        var sorted = rules.ToArray();
        Array.Sort(sorted, CompiledRule.Compare);
        return sorted;
    }

    private FrozenDictionary<Guid, CompiledRule[]> BySubject(AccessSubject kind) =>
        Rules.Where(r => r.SubjectKind == kind && r.Subject is not null)
            .GroupBy(r => r.Subject!.Value).ToFrozenDictionary(g => g.Key, Sorted);
}

/// <summary>What a snapshot is made of.</summary>
internal sealed record SnapshotRows(
    AccessSettings Settings,
    IReadOnlyList<AccessRule> Rules,
    IReadOnlyList<ControlRole> Roles,
    IReadOnlyDictionary<Guid, Guid> RoleOfUser,
    BlockedDevices Blocked,
    bool HasUsers);
