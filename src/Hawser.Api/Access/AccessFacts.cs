using System.Collections.Immutable;

namespace Hawser.Api.Access;

/// <summary>Who connects.</summary>
/// <param name="Guid">The account.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsAdmin">May do everything in the console.</param>
/// <param name="UserGroup">Its one group.</param>
internal sealed record AccessCaller(Guid Guid, string Name, bool IsAdmin, Guid UserGroup);

/// <summary>What counts of a device that somebody wants to reach.</summary>
/// <param name="Guid">Its row; empty for an id that nobody has.</param>
/// <param name="Enabled">A disabled device can't be reached.</param>
/// <param name="Owner">Who it is assigned to.</param>
/// <param name="OwnerEnabled">A disabled owner's devices can't be reached.</param>
/// <param name="OwnerGroup">The owner's group.</param>
/// <param name="Groups">The device's groups.</param>
internal sealed record TargetFacts(
    Guid Guid, bool Enabled, Guid? Owner, bool OwnerEnabled, Guid? OwnerGroup, ImmutableArray<Guid> Groups)
{
    /// <summary>An id that nobody has: as a device without an owner.</summary>
    public static TargetFacts Nobody { get; } = new(Guid.Empty, true, null, true, null, []);

    /// <summary>Belongs to nobody: neither an owner nor a group.</summary>
    public bool IsUnassigned => Owner is null && Groups.IsEmpty;
}

/// <summary>Why a decision is what it is.</summary>
internal enum AccessReason
{
    /// <summary>The device was switched off by an administrator.</summary>
    DeviceDisabled,

    /// <summary>The device's owner was.</summary>
    OwnerDisabled,

    /// <summary>Nobody connects without an account.</summary>
    LoginRequired,

    /// <summary>Without an account this device can't be reached.</summary>
    NotLoggedIn,

    /// <summary>An administrator, who reaches everything.</summary>
    Administrator,

    /// <summary>One's own device.</summary>
    Owner,

    /// <summary>The device of a user of the same group.</summary>
    SameGroup,

    /// <summary>A rule allows it.</summary>
    Rule,

    /// <summary>The device belongs to nobody, so it is for everybody.</summary>
    Unassigned,

    /// <summary>The device belongs to nobody, so it is for administrators.</summary>
    UnassignedAdminsOnly,

    /// <summary>Everybody may where no rule says otherwise.</summary>
    Open,

    /// <summary>A rule would allow it at another time.</summary>
    OutsideHours,

    /// <summary>Nothing allows it.</summary>
    NothingAllows,
}

/// <summary>What was decided, and why.</summary>
/// <param name="Allowed">Whether the introduction may go on.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule that allows it, or would at another time.</param>
/// <param name="Role">The control role that is imposed; null for none.</param>
internal readonly record struct AccessDecision(
    bool Allowed, AccessReason Reason, CompiledRule? Rule = null, CompiledRole? Role = null)
{
    /// <summary>What the caller's user reads; clients show it as it is (rendezvous reference §3.3, §3.4).</summary>
    public string Text => Allowed ? "" : Reason switch
    {
        AccessReason.DeviceDisabled => "This device is disabled.",
        AccessReason.OwnerDisabled => "The owner of this device is disabled.",
        AccessReason.LoginRequired => "You are not logged in. Log in to your account, then connect again.",
        AccessReason.NotLoggedIn =>
            "You are not logged in. This device can be reached with an account only: log in, then connect again.",
        AccessReason.UnassignedAdminsOnly =>
            "This device is not assigned to anybody yet; until then only administrators can connect.",
        AccessReason.OutsideHours => $"Outside of the allowed hours ({Rule?.Schedule}).",
        _ => "You are not allowed to connect to this device. Ask your administrator for access.",
    };
}
