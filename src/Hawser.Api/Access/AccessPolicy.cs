using Hawser.Data.Access;

namespace Hawser.Api.Access;

/// <summary>
/// Decides who may connect (admin reference §6.1): disabled device, disabled owner, login required, administrator, same
/// user, same user group, rules, unassigned, and at last the policy. Nothing forbids but the first three; everything
/// after them only adds.
/// </summary>
internal static class AccessPolicy
{
    /// <summary>Whether a decision depends on whose the device is, beyond what the snapshot knows by heart.</summary>
    /// <param name="snapshot">The rules and settings.</param>
    /// <param name="caller">Who connects; null when not logged in.</param>
    public static bool NeedsFacts(AccessSnapshot snapshot, AccessCaller? caller)
    {
        var settings = snapshot.Settings;
        if (caller is null)
        {
            return !settings.LoginRequired && settings.DefaultPolicy == DefaultPolicy.Own;
        }

        if (caller.IsAdmin && settings.AdminsReachAll) return false;
        return settings.DefaultPolicy == DefaultPolicy.Own || snapshot.HasRulesFor(caller);
    }

    /// <summary>Decides.</summary>
    /// <param name="snapshot">The rules and settings.</param>
    /// <param name="caller">Who connects; null when not logged in.</param>
    /// <param name="target">What is to be reached; need not be known when <see cref="NeedsFacts"/> says so.</param>
    /// <param name="utc">Now.</param>
    public static AccessDecision Decide(
        AccessSnapshot snapshot, AccessCaller? caller, TargetFacts? target, DateTime utc)
    {
        if (target is { Enabled: false }) return Deny(AccessReason.DeviceDisabled);
        if (target is { OwnerEnabled: false }) return Deny(AccessReason.OwnerDisabled);
        var settings = snapshot.Settings;
        if (caller is null) return DecideAnonymous(snapshot, target);
        if (caller.IsAdmin && settings.AdminsReachAll) return Allow(snapshot, caller, AccessReason.Administrator);
        var owned = settings.DefaultPolicy != DefaultPolicy.Rules && target is not null;
        if (owned && target!.Owner == caller.Guid) return Allow(snapshot, caller, AccessReason.Owner);
        if (owned && settings.SameGroup && settings.DefaultPolicy == DefaultPolicy.Own
            && target!.OwnerGroup == caller.UserGroup) return Allow(snapshot, caller, AccessReason.SameGroup);
        var closed = default(CompiledRule);
        if (target is not null && FindRule(snapshot, caller, target, utc, ref closed) is { } rule)
        {
            return new(true, AccessReason.Rule, rule, rule.Role ?? snapshot.RoleOf(caller));
        }

        return DecideWithoutRule(snapshot, caller, target, closed);
    }

    private static AccessDecision DecideAnonymous(AccessSnapshot snapshot, TargetFacts? target)
    {
        var settings = snapshot.Settings;
        if (settings.LoginRequired) return Deny(AccessReason.LoginRequired);
        if (settings.DefaultPolicy == DefaultPolicy.Open)
        {
            return new(true, AccessReason.Open, null, snapshot.NotLoggedIn);
        }
        if (settings.DefaultPolicy == DefaultPolicy.Own && !settings.UnassignedAdminsOnly
            && target is { IsUnassigned: true })
        {
            return new(true, AccessReason.Unassigned, null, snapshot.NotLoggedIn);
        }

        return Deny(AccessReason.NotLoggedIn);
    }

    private static AccessDecision DecideWithoutRule(
        AccessSnapshot snapshot, AccessCaller caller, TargetFacts? target, CompiledRule? closed)
    {
        var settings = snapshot.Settings;
        switch (settings.DefaultPolicy)
        {
            case DefaultPolicy.Open:
                return Allow(snapshot, caller, AccessReason.Open);
            case DefaultPolicy.Own when target is { IsUnassigned: true }:
                if (!settings.UnassignedAdminsOnly || caller.IsAdmin)
                {
                    return Allow(snapshot, caller, AccessReason.Unassigned);
                }

                return closed is null ? Deny(AccessReason.UnassignedAdminsOnly) : Closed(closed);
            default:
                return closed is null ? Deny(AccessReason.NothingAllows) : Closed(closed);
        }
    }

    private static CompiledRule? FindRule(
        AccessSnapshot snapshot, AccessCaller caller, TargetFacts target, DateTime utc, ref CompiledRule? closed)
    {
        foreach (var rule in snapshot.RulesFor(caller))
        {
            if (!Reaches(rule, caller, target)) continue;
            if (rule.IsOpenAt(utc)) return rule;
            closed ??= rule;
        }

        return null;
    }

    /// <summary>Whether a rule is about a device, whatever the time.</summary>
    internal static bool Reaches(CompiledRule rule, AccessCaller caller, TargetFacts target) => rule.TargetKind switch
    {
        AccessTarget.AllDevices => true,
        AccessTarget.Device => target.Guid != Guid.Empty && target.Guid == rule.Target,
        AccessTarget.DeviceGroup => rule.Target is { } group && target.Groups.Contains(group),
        AccessTarget.User => target.Owner is { } owner && owner == rule.Target,
        AccessTarget.UserGroup => target.OwnerGroup is { } ownerGroup && ownerGroup == rule.Target,
        AccessTarget.OwnDevices => target.Owner == caller.Guid,
        _ => false,
    };

    private static AccessDecision Allow(AccessSnapshot snapshot, AccessCaller caller, AccessReason reason) =>
        new(true, reason, null, snapshot.RoleOf(caller));

    private static AccessDecision Deny(AccessReason reason) => new(false, reason);

    private static AccessDecision Closed(CompiledRule rule) => new(false, AccessReason.OutsideHours, rule);
}
