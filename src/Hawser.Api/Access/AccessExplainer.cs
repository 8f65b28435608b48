using System.Text.Json.Serialization;
using Hawser.Api.Access.Admin;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Protocol.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>A decision with everything that led to it, for people and for scripts.</summary>
internal sealed record AccessExplanation
{
    [JsonPropertyName("user")]
    public required string User { get; init; }

    [JsonPropertyName("user_group")]
    public string? UserGroup { get; init; }

    [JsonPropertyName("is_admin")]
    public bool IsAdmin { get; init; }

    [JsonPropertyName("device")]
    public required string Device { get; init; }

    [JsonPropertyName("device_enabled")]
    public bool DeviceEnabled { get; init; }

    [JsonPropertyName("device_owner")]
    public string? DeviceOwner { get; init; }

    [JsonPropertyName("device_groups")]
    public IReadOnlyList<string> DeviceGroups { get; init; } = [];

    [JsonPropertyName("at")]
    public required DateTime At { get; init; }

    [JsonPropertyName("default_policy")]
    public required DefaultPolicy DefaultPolicy { get; init; }

    [JsonPropertyName("login_required")]
    public bool LoginRequired { get; init; }

    [JsonPropertyName("allowed")]
    public required bool Allowed { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("text")]
    public string? Text { get; init; }

    [JsonPropertyName("rule")]
    public Guid? Rule { get; init; }

    [JsonPropertyName("control_role")]
    public string? ControlRole { get; init; }

    [JsonPropertyName("permissions")]
    public IReadOnlyDictionary<string, PermissionState>? Permissions { get; init; }

    /// <summary>The questions in the order in which the server asks them.</summary>
    [JsonPropertyName("rungs")]
    public IReadOnlyList<AccessRung> Rungs { get; init; } = [];

    /// <summary>From where, when that was asked.</summary>
    [JsonPropertyName("address")]
    public string? Address { get; init; }

    [JsonPropertyName("rules_about_the_device")]
    public IReadOnlyList<ExplainedRule> Rules { get; init; } = [];
}

/// <summary>A rule that is for the user and about the device.</summary>
internal sealed record ExplainedRule
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("for")]
    public required string For { get; init; }

    [JsonPropertyName("opens")]
    public required string Opens { get; init; }

    /// <summary>The kind of <see cref="For"/>, as in a rule.</summary>
    [JsonPropertyName("for_kind")]
    public required string ForKind { get; init; }

    /// <summary>Its name; missing: it has none.</summary>
    [JsonPropertyName("for_name")]
    public string? ForName { get; init; }

    /// <summary>The kind of <see cref="Opens"/>, as in a rule.</summary>
    [JsonPropertyName("opens_kind")]
    public required string OpensKind { get; init; }

    /// <summary>Its name; missing: it has none.</summary>
    [JsonPropertyName("opens_name")]
    public string? OpensName { get; init; }

    [JsonPropertyName("hours")]
    public string? Hours { get; init; }

    [JsonPropertyName("open_then")]
    public required bool OpenThen { get; init; }

    [JsonPropertyName("problem")]
    public string? Problem { get; init; }
}

/// <summary>Says what would be decided, and why; by the same code that decides.</summary>
internal static class AccessExplainer
{
    /// <summary>Explains.</summary>
    /// <param name="on">The rows, and the members of settings that this node was started with.</param>
    /// <param name="userName">The login name; empty: not logged in.</param>
    /// <param name="deviceId">The device's id.</param>
    /// <param name="utc">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="from">From which address; null: not known.</param>
    /// <returns>The explanation; or what does not exist.</returns>
    public static async Task<(AccessExplanation? Explanation, string Error)> ExplainAsync(
        (HawserDb Db, IReadOnlyList<SettingPin> Pins) on, string userName, string deviceId, DateTime utc,
        CancellationToken cancellationToken,
        PeerAddress? from = null)
    {
        var db = on.Db;
        var normalized = userName.ToUpperInvariant();
        var user = userName.Length == 0 ? null : await db.Users.AsNoTracking()
            .FirstOrDefaultAsync(u => u.NormalizedName == normalized, cancellationToken);
        if (user is null && userName.Length > 0) return (null, $"There is no user \"{userName}\".");
        var facts = await AccessReader.ReadFactsAsync(db, deviceId, cancellationToken);
        if (facts.Guid == Guid.Empty) return (null, $"There is no device \"{deviceId}\".");
        var snapshot = new AccessSnapshot(await AccessReader.ReadAsync(db, on.Pins, cancellationToken));
        var caller = user is null ? null : new AccessCaller(user.Guid, user.Name, user.IsAdmin, user.UserGroupGuid);
        var decision = AccessPolicy.Decide(snapshot, caller, facts, utc);
        var (reason, text) = Judge(snapshot, decision, user, from);
        var isDecided = reason == Words(decision.Reason);
        var allowed = decision.Allowed && isDecided;
        var groups = facts.Groups.ToArray();
        var explanation = new AccessExplanation
        {
            User = user?.Name ?? "",
            UserGroup = user is null ? null : await db.UserGroups.Where(g => g.Guid == user.UserGroupGuid)
                .Select(g => g.Name).FirstOrDefaultAsync(cancellationToken),
            IsAdmin = user?.IsAdmin ?? false,
            Device = deviceId,
            DeviceEnabled = facts.Enabled,
            DeviceOwner = facts.Owner is { } owner ? await db.Users.Where(u => u.Guid == owner)
                .Select(u => u.Name).FirstOrDefaultAsync(cancellationToken) : null,
            DeviceGroups = await db.DeviceGroups.Where(g => groups.Contains(g.Guid)).OrderBy(g => g.NormalizedName)
                .Select(g => g.Name).ToListAsync(cancellationToken),
            At = utc,
            DefaultPolicy = snapshot.Settings.DefaultPolicy,
            LoginRequired = snapshot.Settings.LoginRequired,
            Allowed = allowed,
            Reason = reason,
            Text = text,
            Rule = isDecided ? decision.Rule?.Guid : null,
            ControlRole = allowed ? decision.Role?.Name : null,
            Permissions = allowed && decision.Role?.Map is { } map ? PermissionMap.Describe(map) : null,
            Rungs = AccessLadder.Of(snapshot.Settings, reason, user is not null, from is not null),
            Address = from?.ToString(),
            Rules = caller is null ? [] : await RulesAsync(db, snapshot, caller, facts, utc, cancellationToken),
        };
        return (explanation, "");
    }

    // What the desk looks at besides the policy: first from where, and behind switched-off devices, whether the login
    // still counts.
    private static (string Reason, string? Text) Judge(
        AccessSnapshot snapshot, AccessDecision decision, User? user, PeerAddress? from)
    {
        if (from is { } address && snapshot.Sources.Contains(address)) return ("blocked_address", SourceDoor.Text);
        var isOff = decision.Reason is AccessReason.DeviceDisabled or AccessReason.OwnerDisabled;
        return user is { Status: not UserStatus.Normal } && !isOff
            ? ("account_disabled", AccessDesk.LoginEnded)
            : (Words(decision.Reason), decision.Allowed ? null : decision.Text);
    }

    private static async Task<List<ExplainedRule>> RulesAsync(
        HawserDb db, AccessSnapshot snapshot, AccessCaller caller, TargetFacts facts, DateTime utc,
        CancellationToken cancellationToken)
    {
        var rules = new List<ExplainedRule>();
        foreach (var rule in snapshot.RulesFor(caller).Where(r => AccessPolicy.Reaches(r, caller, facts)))
        {
            var subject = rule.SubjectKind switch
            {
                AccessSubject.User => await UserAsync(db, rule.Subject, cancellationToken),
                AccessSubject.UserGroup => await GroupAsync(db, rule.Subject, cancellationToken),
                _ => null,
            };
            var target = await NameAsync(db, rule, cancellationToken);
            rules.Add(new ExplainedRule
            {
                Guid = rule.Guid,
                Name = rule.Name,
                For = rule.SubjectKind switch
                {
                    AccessSubject.User => $"user {subject}",
                    AccessSubject.UserGroup => $"user group {subject}",
                    _ => "everybody",
                },
                ForKind = RuleWords.Of(rule.SubjectKind),
                ForName = subject,
                Opens = Opens(rule, target),
                OpensKind = RuleWords.Of(rule.TargetKind),
                OpensName = target,
                Hours = rule.Schedule?.ToString(),
                OpenThen = rule.IsOpenAt(utc),
                Problem = rule.IsBroken ? rule.Problem : null,
            });
        }

        return rules;
    }

    private static string Opens(CompiledRule rule, string? target) => rule.TargetKind switch
    {
        AccessTarget.Device => "this device",
        AccessTarget.OwnDevices => "one's own devices",
        AccessTarget.DeviceGroup => $"device group {target}",
        AccessTarget.User => $"devices of user {target}",
        AccessTarget.UserGroup => $"devices of user group {target}",
        _ => "all devices",
    };

    private static async Task<string?> NameAsync(
        HawserDb db, CompiledRule rule, CancellationToken cancellationToken) => rule.TargetKind switch
        {
            AccessTarget.DeviceGroup => await db.DeviceGroups.Where(g => g.Guid == rule.Target)
                .Select(g => (string?)g.Name).FirstOrDefaultAsync(cancellationToken),
            AccessTarget.User => await UserAsync(db, rule.Target, cancellationToken),
            AccessTarget.UserGroup => await GroupAsync(db, rule.Target, cancellationToken),
            _ => null,
        };

    private static Task<string?> UserAsync(HawserDb db, Guid? guid, CancellationToken cancellationToken) =>
        db.Users.Where(u => u.Guid == guid).Select(u => (string?)u.Name).FirstOrDefaultAsync(cancellationToken);

    private static Task<string?> GroupAsync(HawserDb db, Guid? guid, CancellationToken cancellationToken) =>
        db.UserGroups.Where(g => g.Guid == guid).Select(g => (string?)g.Name).FirstOrDefaultAsync(cancellationToken);

    // snake_case, as everything that scripts read.
    internal static string Words(AccessReason reason) => string.Concat(
        reason.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
