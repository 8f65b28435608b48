using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access.Admin;

/// <summary>Who a rule is for, or what it opens: by its guid or by its name (of a device: its id).</summary>
internal sealed record EndBody
{
    /// <summary>
    /// For whom: everybody, user, user_group. What: all_devices, own_devices, device, device_group, user, user_group.
    /// </summary>
    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    [JsonPropertyName("guid")]
    public Guid? Guid { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }
}

/// <summary>A rule as it is written; in a change a missing key, and null, keep what is stored.</summary>
internal sealed record RuleDraftBody
{
    internal const string Example = """
        {"name":"Help desk to shops","subject":{"kind":"user_group","name":"Help desk"},
        "target":{"kind":"device_group","name":"Tills"},"control_role":"View only",
        "schedule":{"time_zone":"Europe/Berlin","windows":[{"days":["mon","tue"],"from":"08:00","to":"18:00"}]}}
        """;

    /// <summary>In a dry run's changes, which rule.</summary>
    [JsonPropertyName("guid")]
    public Guid? Guid { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    [JsonPropertyName("subject")]
    public EndBody? Subject { get; init; }

    [JsonPropertyName("target")]
    public EndBody? Target { get; init; }

    /// <summary>When it holds (docs/access.md); an empty object: always.</summary>
    [JsonPropertyName("schedule")]
    public JsonElement? Schedule { get; init; }

    /// <summary>The name of the control role under this rule; empty: the user's own.</summary>
    [JsonPropertyName("control_role")]
    public string? ControlRole { get; init; }

    /// <summary>The rule that a body means, over one that is there.</summary>
    /// <returns>The draft; or what is wrong, and where.</returns>
    public async Task<(AccessRuleDraft? Draft, string Error, string Field)> ApplyAsync(
        HawserDb db, AccessRule? before, CancellationToken cancellationToken)
    {
        if (before is null && (Subject is null || Target is null))
        {
            return (null, "subject and target are needed.", "subject");
        }

        var draft = before is null
            ? new AccessRuleDraft("", AccessSubject.Everybody, null, AccessTarget.AllDevices, null)
            : new AccessRuleDraft(before.Name, before.SubjectKind, before.SubjectGuid, before.TargetKind,
                before.TargetGuid, before.Schedule, before.ControlRoleGuid, before.Enabled, before.Note);
        draft = draft with
        {
            Name = Clean(Name) ?? draft.Name, Note = Clean(Note) ?? draft.Note, Enabled = Enabled ?? draft.Enabled,
        };
        if (Subject is { } subject)
        {
            if (RuleWords.Subject(subject.Kind) is not { } kind) return (null, RuleWords.NoSubject, "subject.kind");
            draft = draft with
            {
                SubjectKind = kind, SubjectGuid = subject.Guid ?? await RuleWords.FindAsync(
                    db, kind == AccessSubject.User ? AccessTarget.User : AccessTarget.UserGroup, subject.Name,
                    cancellationToken),
            };
        }

        if (Target is { } target)
        {
            if (RuleWords.Target(target.Kind) is not { } kind) return (null, RuleWords.NoTarget, "target.kind");
            draft = draft with
            {
                TargetKind = kind,
                TargetGuid = target.Guid ?? await RuleWords.FindAsync(db, kind, target.Name, cancellationToken),
            };
        }

        if (Schedule is { } schedule) draft = draft with { Schedule = RuleWords.Text(schedule) };
        if (ControlRole is null) return (draft, "", "");
        if (ControlRole.Length == 0) return (draft with { ControlRoleGuid = null }, "", "");
        var normalized = NameText.Normalize(ControlRole);
        var role = await db.ControlRoles.Where(r => r.NormalizedName == normalized).Select(r => (Guid?)r.Guid)
            .FirstOrDefaultAsync(cancellationToken);
        return role is null ? (null, $"There is no control role \"{ControlRole}\".", "control_role")
            : (draft with { ControlRoleGuid = role }, "", "");
    }

    private static string? Clean(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);
}

/// <summary>The words of rules.</summary>
internal static class RuleWords
{
    public const string NoSubject = "kind is everybody, user or user_group.";
    public const string NoTarget =
        "kind is all_devices, own_devices, device, device_group, user or user_group.";

    public static AccessSubject? Subject(string? word) => word switch
    {
        "everybody" => AccessSubject.Everybody, "user" => AccessSubject.User,
        "user_group" => AccessSubject.UserGroup, _ => null,
    };

    public static AccessTarget? Target(string? word) => word switch
    {
        "all_devices" => AccessTarget.AllDevices, "own_devices" => AccessTarget.OwnDevices,
        "device" => AccessTarget.Device, "device_group" => AccessTarget.DeviceGroup, "user" => AccessTarget.User,
        "user_group" => AccessTarget.UserGroup, _ => null,
    };

    public static string Of(AccessSubject kind) => kind switch
    {
        AccessSubject.User => "user", AccessSubject.UserGroup => "user_group", _ => "everybody",
    };

    public static string Of(AccessTarget kind) => kind switch
    {
        AccessTarget.OwnDevices => "own_devices", AccessTarget.Device => "device",
        AccessTarget.DeviceGroup => "device_group", AccessTarget.User => "user",
        AccessTarget.UserGroup => "user_group", _ => "all_devices",
    };

    /// <summary>A schedule as it is stored.</summary>
    public static string Text(JsonElement schedule) => schedule.ValueKind switch
    {
        // With its quotes when it can't be read as a text: then it is no schedule.
        JsonValueKind.String => AsText(schedule),
        JsonValueKind.Object when !schedule.EnumerateObject().Any() => "",
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => schedule.GetRawText(),
    };

    private static string AsText(JsonElement schedule)
    {
        try
        {
            return schedule.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return schedule.GetRawText();
        }
    }

    /// <summary>Something by its name; null: there is none, or no name.</summary>
    public static async Task<Guid?> FindAsync(
        HawserDb db, AccessTarget kind, string? name, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal)) return null;
        var normalized = NameText.Normalize(name);
        return kind switch
        {
            AccessTarget.Device => await db.Devices.Where(d => d.Id == name).Select(d => (Guid?)d.Guid)
                .FirstOrDefaultAsync(cancellationToken),
            AccessTarget.DeviceGroup => await db.DeviceGroups.Where(g => g.NormalizedName == normalized)
                .Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken),
            AccessTarget.User => await db.Users.Where(u => u.NormalizedName == normalized)
                .Select(u => (Guid?)u.Guid).FirstOrDefaultAsync(cancellationToken),
            AccessTarget.UserGroup => await db.UserGroups.Where(g => g.NormalizedName == normalized)
                .Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken),
            _ => null,
        };
    }
}

/// <summary>One end of a rule in a list.</summary>
internal sealed record EndItem(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("guid")] Guid? Guid,
    [property: JsonPropertyName("name")] string? Name);

/// <summary>A rule in a list.</summary>
internal sealed record RuleRow
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    [JsonPropertyName("subject")]
    public required EndItem Subject { get; init; }

    [JsonPropertyName("target")]
    public required EndItem Target { get; init; }

    /// <summary>Missing: always.</summary>
    [JsonPropertyName("schedule")]
    public JsonElement? Schedule { get; init; }

    [JsonPropertyName("control_role")]
    public required string ControlRole { get; init; }

    /// <summary>How many pairs of a person and a device it is about, were it enabled and at all hours.</summary>
    [JsonPropertyName("pairs")]
    public required long Pairs { get; init; }

    /// <summary>When somebody last connected by it, as far as introductions are kept; missing: nobody did.</summary>
    [JsonPropertyName("last_used")]
    public long? LastUsed { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required long UpdatedAt { get; init; }

    /// <summary>Moves with every change of what is edited; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string Version => EditVersion.Of(
        Name, Note, Enabled, Subject, Target, Schedule?.GetRawText(), ControlRole);
}

/// <summary>A control role as it is written.</summary>
internal sealed record RoleBody
{
    internal const string Example =
        """{"name":"View only","permissions":{"keyboard":"deny","file":"deny","clipboard":"deny"}}""";

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    /// <summary>allow, deny or unset for each; those not named are unset. Replaces all.</summary>
    [JsonPropertyName("permissions")]
    public IReadOnlyDictionary<string, PermissionState>? Permissions { get; init; }
}

/// <summary>A control role.</summary>
internal sealed record RoleItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    /// <summary>custom, default or not_logged_in.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    [JsonPropertyName("permissions")]
    public required IReadOnlyDictionary<string, PermissionState> Permissions { get; init; }

    [JsonPropertyName("user_count")]
    public required int UserCount { get; init; }

    /// <summary>Moves with every change of what is edited; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string Version => EditVersion.Of(
        Name, Note, Enabled, Permissions.OrderBy(p => p.Key, StringComparer.Ordinal));
}

/// <summary>Users who get a role.</summary>
internal sealed record RoleAssignBody
{
    [JsonPropertyName("user_guids")]
    public IReadOnlyList<Guid>? UserGuids { get; init; }
}

/// <summary>What would be changed.</summary>
internal sealed record DryRunBody
{
    internal const string Example = """
        {"add":[{"subject":{"kind":"everybody"},"target":{"kind":"device_group","name":"Tills"}}],"update":[],
        "delete":["019a7c5e-0000-7000-8000-000000000000"],"settings":{"default_policy":"own"}}
        """;

    [JsonPropertyName("add")]
    public IReadOnlyList<RuleDraftBody?>? Add { get; init; }

    [JsonPropertyName("update")]
    public IReadOnlyList<RuleDraftBody?>? Update { get; init; }

    [JsonPropertyName("delete")]
    public IReadOnlyList<Guid>? Delete { get; init; }

    /// <summary>Members of the setting "access"; those that are missing stay.</summary>
    [JsonPropertyName("settings")]
    public JsonElement? Settings { get; init; }

    /// <summary>Users who would be in another group.</summary>
    [JsonPropertyName("members")]
    public IReadOnlyList<MemberBody?>? Members { get; init; }

    /// <summary>Devices that would be somebody else's, or in other groups.</summary>
    [JsonPropertyName("devices")]
    public IReadOnlyList<DeviceChangeBody?>? Devices { get; init; }

    /// <summary>A user group or device group that would be deleted.</summary>
    [JsonPropertyName("without_group")]
    public Guid? WithoutGroup { get; init; }
}

/// <summary>A user in another group.</summary>
internal sealed record MemberBody
{
    /// <summary>The login name.</summary>
    [JsonPropertyName("user")]
    public string? User { get; init; }

    /// <summary>The group's name.</summary>
    [JsonPropertyName("user_group")]
    public string? UserGroup { get; init; }
}

/// <summary>A device of somebody else, or in another group; what is missing stays.</summary>
internal sealed record DeviceChangeBody
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("device")]
    public string? Device { get; init; }

    /// <summary>The owner's login name; empty: nobody's.</summary>
    [JsonPropertyName("owner")]
    public string? Owner { get; init; }

    /// <summary>The name of a group that it would be in, besides its own.</summary>
    [JsonPropertyName("add_group")]
    public string? AddGroup { get; init; }

    /// <summary>The name of a group that it would no longer be in.</summary>
    [JsonPropertyName("remove_group")]
    public string? RemoveGroup { get; init; }
}

/// <summary>One that is reached, or that reaches, and why.</summary>
internal sealed record ReachItem
{
    /// <summary>The user's name; or the device's id.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Of a device, what it is called; of a user, the shown name.</summary>
    [JsonPropertyName("label")]
    public required string Label { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("rule")]
    public Guid? Rule { get; init; }

    [JsonPropertyName("rule_name")]
    public string? RuleName { get; init; }

    [JsonPropertyName("control_role")]
    public string? ControlRole { get; init; }
}

/// <summary>Who would reach what that he does not now, and the other way round.</summary>
internal sealed record DryRunAnswer
{
    [JsonPropertyName("pairs")]
    public required long Pairs { get; init; }

    [JsonPropertyName("gained")]
    public required long Gained { get; init; }

    [JsonPropertyName("lost")]
    public required long Lost { get; init; }

    /// <summary>How many devices callers would reach who are not logged in, and do not now.</summary>
    [JsonPropertyName("anybody_gains")]
    public required long AnybodyGains { get; init; }

    /// <summary>How many they would no longer reach.</summary>
    [JsonPropertyName("anybody_loses")]
    public required long AnybodyLoses { get; init; }

    /// <summary>How many devices would be without an owner and without a group, and are not now.</summary>
    [JsonPropertyName("unassigned")]
    public required int Unassigned { get; init; }

    /// <summary>The first of them, by id.</summary>
    [JsonPropertyName("unassigned_devices")]
    public required IReadOnlyList<string> UnassignedDevices { get; init; }

    /// <summary>The page of those who gain.</summary>
    [JsonPropertyName("gains")]
    public required IReadOnlyList<PairItem> Gains { get; init; }

    /// <summary>The page of those who lose.</summary>
    [JsonPropertyName("losses")]
    public required IReadOnlyList<PairItem> Losses { get; init; }
}

/// <summary>What opens devices without a rule.</summary>
internal sealed record SourcesAnswer
{
    /// <summary>Accounts that can log in.</summary>
    [JsonPropertyName("people")]
    public required int People { get; init; }

    /// <summary>Devices that are enabled, as are their owners.</summary>
    [JsonPropertyName("devices")]
    public required int Devices { get; init; }

    /// <summary>Those that belong to nobody.</summary>
    [JsonPropertyName("unassigned")]
    public required int Unassigned { get; init; }

    /// <summary>Those that callers reach who are not logged in.</summary>
    [JsonPropertyName("open_to_anybody")]
    public required int OpenToAnybody { get; init; }

    [JsonPropertyName("sources")]
    public required IReadOnlyList<SourceItem> Sources { get; init; }
}

/// <summary>One of them, that holds.</summary>
/// <param name="Source">administrator, owner, same_group, unassigned or open.</param>
/// <param name="Pairs">How many pairs of a person and a device it is about.</param>
/// <param name="LastUsed">When somebody last connected by it; missing: nobody did.</param>
internal sealed record SourceItem(
    [property: JsonPropertyName("source")] string Source, [property: JsonPropertyName("pairs")] long Pairs,
    [property: JsonPropertyName("last_used")] long? LastUsed);

/// <summary>A user and a device.</summary>
internal sealed record PairItem(
    [property: JsonPropertyName("user")] string User, [property: JsonPropertyName("device")] string Device);

/// <summary>What this slice reads and writes for administrators.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuleDraftBody))]
[JsonSerializable(typeof(Page<RuleRow>))]
[JsonSerializable(typeof(RuleRow))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(IReadOnlyList<RoleItem>))]
[JsonSerializable(typeof(RoleAssignBody))]
[JsonSerializable(typeof(DryRunBody))]
[JsonSerializable(typeof(DryRunAnswer))]
[JsonSerializable(typeof(SourcesAnswer))]
[JsonSerializable(typeof(Page<ReachItem>))]
[JsonSerializable(typeof(AccessExplanation))]
internal sealed partial class AccessAdminJson : JsonSerializerContext;
