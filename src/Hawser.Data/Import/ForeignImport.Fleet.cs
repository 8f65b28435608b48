using Hawser.Data.Access;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Import;

/// <summary>Strategies, device groups, who may reach what, and what is known of devices.</summary>
public sealed partial class ForeignImport
{
    private const int AtOnce = 500;
    private readonly Dictionary<string, Guid> _deviceGroups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Guid> _strategies = new(StringComparer.Ordinal);

    private async Task AddStrategiesAsync(CancellationToken ct)
    {
        foreach (var strategy in await _db.Strategies.AsNoTracking().Select(s => new { s.NormalizedName, s.Guid })
            .ToListAsync(ct).ConfigureAwait(false))
        {
            _strategies[strategy.NormalizedName] = strategy.Guid;
        }

        foreach (var row in _from.Strategies)
        {
            if (row.Name.Length == 0 || _strategies.ContainsKey(Normal(row.Name))) continue;
            var strategy = new Strategy
            {
                Name = row.Name, NormalizedName = Normal(row.Name), Note = row.Note, Enabled = row.Enabled,
                Options = row.Options, CreatedAt = _now, ModifiedAt = _now,
            };
            _db.Strategies.Add(strategy);
            _db.StrategyVersions.Add(new StrategyVersion
            {
                StrategyGuid = strategy.Guid, Options = strategy.Options, ChangedAt = _now,
            });
            _strategies.Add(strategy.NormalizedName, strategy.Guid);
            _report.Strategies++;
        }
    }

    // Of something that is new, or has none.
    private bool Assign(StrategyTarget kind, Guid target, string strategy)
    {
        if (!_strategies.TryGetValue(Normal(strategy), out var guid)) return false;
        _db.StrategyAssignments.Add(new StrategyAssignment
        {
            TargetKind = kind, TargetGuid = target, StrategyGuid = guid, AssignedAt = _now,
        });
        return true;
    }

    private async Task AddDeviceGroupsAsync(CancellationToken ct)
    {
        foreach (var group in await _db.DeviceGroups.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            _deviceGroups[group.NormalizedName] = group.Guid;
        }

        foreach (var row in _from.DeviceGroups)
        {
            if (row.Name.Length == 0 || _deviceGroups.ContainsKey(Normal(row.Name))) continue;
            var group = new DeviceGroup
            {
                Name = row.Name, NormalizedName = Normal(row.Name), Note = row.Note, CreatedAt = _now,
            };
            _db.DeviceGroups.Add(group);
            _deviceGroups.Add(group.NormalizedName, group.Guid);
            Assign(StrategyTarget.DeviceGroup, group.Guid, row.Strategy);
            _report.DeviceGroups++;
        }
    }

    private async Task AddRulesAsync(CancellationToken ct)
    {
        if (_from.Rules.Count == 0) return;
        var known = new HashSet<(AccessSubject, Guid?, AccessTarget, Guid?)>();
        foreach (var rule in await _db.AccessRules.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((rule.SubjectKind, rule.SubjectGuid, rule.TargetKind, rule.TargetGuid));
        }

        foreach (var row in _from.Rules)
        {
            var subject = row.From == AccessSubject.User
                ? _users.TryGetValue(Normal(row.FromName), out var user) ? user.Guid : Guid.Empty
                : _groups.GetValueOrDefault(Normal(row.FromName));
            var target = (row.To == AccessTarget.UserGroup ? _groups : _deviceGroups)
                .GetValueOrDefault(Normal(row.ToName));
            if (subject == Guid.Empty || target == Guid.Empty || !known.Add((row.From, subject, row.To, target)))
            {
                continue;
            }

            _db.AccessRules.Add(new AccessRule
            {
                SubjectKind = row.From, SubjectGuid = subject, TargetKind = row.To, TargetGuid = target,
                Enabled = true, CreatedAt = _now, UpdatedAt = _now,
            });
            _report.Rules++;
        }
    }

    // Devices are who registers with a key, so that none is made here: those that are here get what they have not.
    private async Task AssignDevicesAsync(CancellationToken ct)
    {
        var wishes = new Dictionary<string, ForeignDevice>(StringComparer.Ordinal);
        foreach (var row in _from.Devices) wishes.TryAdd(row.Id, row);
        _report.Devices = wishes.Count;
        foreach (var some in wishes.Values.Chunk(AtOnce))
        {
            var ids = some.Select(d => d.Id).ToList();
            var rows = await _db.Devices.Where(d => ids.Contains(d.Id)).ToListAsync(ct).ConfigureAwait(false);
            var guids = rows.ConvertAll(d => d.Guid);
            var details = await _db.DeviceDetails.Where(d => guids.Contains(d.DeviceGuid))
                .ToDictionaryAsync(d => d.DeviceGuid, ct).ConfigureAwait(false);
            var grouped = await _db.DeviceGroupMembers.Where(m => guids.Contains(m.DeviceGuid))
                .Select(m => m.DeviceGuid).Distinct().ToListAsync(ct).ConfigureAwait(false);
            var governed = await _db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.Device && guids.Contains(a.TargetGuid))
                .Select(a => a.TargetGuid).ToListAsync(ct).ConfigureAwait(false);
            var (inGroup, hasStrategy) = (grouped.ToHashSet(), governed.ToHashSet());
            _report.MissingDevices += some.Length - rows.Count;
            foreach (var device in rows)
            {
                var wish = wishes[device.Id];
                var isNews = AssignOwner(device, details.GetValueOrDefault(device.Guid), wish);
                isNews |= !inGroup.Contains(device.Guid) && Join(device, wish);
                isNews |= !hasStrategy.Contains(device.Guid)
                    && Assign(StrategyTarget.Device, device.Guid, wish.Strategy);
                if (wish.Note.Length > 0 && string.IsNullOrEmpty(device.Note))
                {
                    device.Note = wish.Note;
                    isNews = true;
                }

                if (isNews) _report.Assign(device.Id);
            }
        }
    }

    private bool AssignOwner(Device device, DeviceDetails? details, ForeignDevice wish)
    {
        var owner = _users.TryGetValue(Normal(wish.Owner), out var user) ? user.Guid : (Guid?)null;
        if (details is null)
        {
            if (owner is null && !wish.IsDisabled) return false;
            // Nobody decided here yet whether it may be reached.
            _db.DeviceDetails.Add(new DeviceDetails
            {
                DeviceGuid = device.Guid, OwnerGuid = owner, Enabled = !wish.IsDisabled,
            });
            return true;
        }

        if (owner is null || details.OwnerGuid is not null) return false;
        details.OwnerGuid = owner;
        return true;
    }

    private bool Join(Device device, ForeignDevice wish)
    {
        if (!_deviceGroups.TryGetValue(Normal(wish.Group), out var group)) return false;
        _db.DeviceGroupMembers.Add(new DeviceGroupMember
        {
            DeviceGuid = device.Guid, GroupGuid = group, AddedAt = _now,
        });
        return true;
    }
}
