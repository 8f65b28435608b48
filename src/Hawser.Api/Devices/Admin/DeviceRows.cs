using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Devices.Admin;

/// <summary>A device with what lists show and filter by.</summary>
internal sealed class DeviceRow
{
    public required Guid Guid { get; init; }

    public required string Id { get; init; }

    public required string? Note { get; init; }

    public required string? Address { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? LastSeenAt { get; init; }

    public required DeviceDetails? Details { get; init; }

    public required bool Enabled { get; init; }

    public required string Name { get; init; }

    public required string OsUser { get; init; }

    public required Guid? OwnerGuid { get; init; }

    /// <summary>The owner's name; empty: nobody's.</summary>
    public required string Owner { get; init; }

    /// <summary>The owner's user group; empty: nobody's.</summary>
    public required string UserGroup { get; init; }

    /// <summary>The first device group by rank; empty: none.</summary>
    public required string DeviceGroup { get; init; }

    /// <summary>The device's own strategy; empty: none.</summary>
    public required string Strategy { get; init; }

    /// <summary>The strategy that decides: its own, its owner's, or that of its first group that has one; also a
    /// disabled one, which is in effect nowhere and hides the others (admin reference §6.3).</summary>
    public required Guid? Deciding { get; init; }

    /// <summary>Whether another machine claims its id, and nobody has decided about that.</summary>
    public required bool HasConflict { get; init; }

    /// <summary>Whether the caller administers it, and is not only shown it.</summary>
    public required bool Managed { get; init; }

    /// <summary>Devices as rows; what belongs to them is looked up where a query needs it.</summary>
    public static IQueryable<DeviceRow> Of(HawserDb db, CurrentUser user, IQueryable<Device> devices)
    {
        var all = user.MayEverywhere(AdminRight.DevicesView);
        var managed = AdminScope.Devices(db, user, AdminRight.DevicesView).Select(m => m.Guid);
        return
        from d in devices
        join details in db.DeviceDetails on d.Guid equals details.DeviceGuid into known
        from x in known.DefaultIfEmpty()
        select new DeviceRow
        {
            Managed = all || managed.Contains(d.Guid),
            HasConflict = db.DeviceClaims.Any(c => c.DeviceId == d.Id && c.State == ClaimState.Refused
                && !(c.Uuid == d.Uuid && c.PublicKey == d.PublicKey)),
            Guid = d.Guid,
            Id = d.Id,
            Note = d.Note,
            Address = d.LastAddress,
            CreatedAt = d.CreatedAt,
            LastSeenAt = d.LastSeenAt,
            Details = x,
            Enabled = x == null || x.Enabled,
            Name = x == null ? "" : x.NameOverride != "" ? x.NameOverride : x.Hostname,
            OsUser = x == null ? "" : x.UsernameOverride != "" ? x.UsernameOverride : x.Username,
            OwnerGuid = x == null ? null : x.OwnerGuid,
            Owner = db.Users.Where(u => u.Guid == x.OwnerGuid).Select(u => u.Name).FirstOrDefault() ?? "",
            UserGroup = db.Users.Where(u => u.Guid == x.OwnerGuid)
                .Join(db.UserGroups, u => u.UserGroupGuid, g => g.Guid, (u, g) => g.Name).FirstOrDefault() ?? "",
            DeviceGroup = db.DeviceGroupMembers.Where(m => m.DeviceGuid == d.Guid)
                .Join(db.DeviceGroups, m => m.GroupGuid, g => g.Guid, (m, g) => g)
                .OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName).Select(g => g.Name).FirstOrDefault() ?? "",
            Strategy = db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == d.Guid)
                .Join(db.Strategies, a => a.StrategyGuid, s => s.Guid, (a, s) => s.Name).FirstOrDefault() ?? "",
            Deciding = db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == d.Guid)
                .Select(a => (Guid?)a.StrategyGuid).FirstOrDefault()
                ?? db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.User && a.TargetGuid == x.OwnerGuid)
                .Select(a => (Guid?)a.StrategyGuid).FirstOrDefault()
                ?? db.DeviceGroupMembers.Where(m => m.DeviceGuid == d.Guid)
                .Join(db.DeviceGroups, m => m.GroupGuid, g => g.Guid, (m, g) => g)
                .Join(db.StrategyAssignments.Where(a => a.TargetKind == StrategyTarget.DeviceGroup),
                    g => g.Guid, a => a.TargetGuid, (g, a) => new { g.Rank, g.NormalizedName, a.StrategyGuid })
                .OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName).Select(g => (Guid?)g.StrategyGuid)
                .FirstOrDefault(),
        };
    }

    /// <summary>
    /// The filters of the vendor's scripts (admin reference §4.4), and ours: <c>status</c>, <c>note</c>, <c>os</c>,
    /// <c>version</c>, <c>older</c>, <c>seen</c>, <c>online</c>, <c>favourite</c>, <c>needs</c>, and <c>q</c>
    /// for any of what people know a device by.
    /// </summary>
    public static async Task<IQueryable<DeviceRow>> FilterAsync(
        HawserDb db, CurrentUser user, IQueryable<DeviceRow> rows, HttpContext context,
        (DevicePresence Presence, TimeProvider Time) with, CancellationToken cancellationToken)
    {
        var now = with.Time.GetUtcNow().UtcDateTime;
        string Asked(string key) => context.Request.Query[key].ToString();
        rows = SeenFilter.Apply(rows, Asked("seen"), now);
        rows = StateFilter.Online(rows, Asked("online"), with.Presence);
        rows = await StateFilter.OlderAsync(db, rows, Asked("older"), cancellationToken);
        rows = await StateFilter.FavouriteAsync(db, rows, Asked("favourite"), user, cancellationToken);
        rows = await StateFilter.NeedsAsync(db, rows, context, now, cancellationToken);
        rows = await RelatedFilter.ApplyAsync(db, rows, context, cancellationToken);
        rows = rows.Matching(context, "id", r => r.Id)
            .Matching(context, "device_name", r => r.Name)
            .Matching(context, "user_name", r => r.Owner)
            .Matching(context, "group_name", r => r.UserGroup)
            .Matching(context, "device_group_name", r => r.DeviceGroup)
            .Matching(context, "device_username", r => r.OsUser)
            .Matching(context, "strategy_name", r => r.Strategy)
            .Matching(context, "note", r => r.Note ?? "")
            .Matching(context, "ip", r => r.Managed ? r.Address ?? "" : "")
            .Matching(context, "host_name", r => r.Details == null ? "" : r.Details.Hostname)
            .Matching(context, "cpu", r => r.Details == null ? "" : r.Details.Cpu)
            .Matching(context, "memory", r => r.Details == null ? "" : r.Details.Memory)
            .Matching(context, "os", r => r.Details == null ? "" : r.Details.Os)
            .Matching(context, "version", r => r.Details == null ? "" : r.Details.Version);
        var status = Asked("status");
        if (status is "0" or "1") rows = rows.Where(r => r.Enabled == (status == "1"));
        return rows.Searching(
            context, r => r.Id, r => r.Name, r => r.OsUser, r => r.Owner, r => r.Note ?? "", r => r.Address ?? "");
    }
}

/// <summary>A device in a list (admin reference §4.8).</summary>
internal sealed record DeviceItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>1 enabled, 0 disabled.</summary>
    [JsonPropertyName("status")]
    public required int Status { get; init; }

    [JsonPropertyName("is_online")]
    public required bool IsOnline { get; init; }

    /// <summary>By which ways it is there: id_server, api or both; empty: it is not. Ours.</summary>
    [JsonPropertyName("online_by")]
    public required string OnlineBy { get; init; }

    /// <summary>Whether another machine claims its id; told to who administers it. Ours.</summary>
    [JsonPropertyName("has_conflict")]
    public required bool HasConflict { get; init; }

    /// <summary>UTC without zone; for a device that was never seen, when it was made.</summary>
    [JsonPropertyName("last_online")]
    public required string LastOnline { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("user")]
    public required string User { get; init; }

    [JsonPropertyName("user_name")]
    public required string UserName { get; init; }

    /// <summary>The user group of its owner.</summary>
    [JsonPropertyName("group_name")]
    public required string GroupName { get; init; }

    [JsonPropertyName("device_group_name")]
    public required string DeviceGroupName { get; init; }

    /// <summary>Its own strategy.</summary>
    [JsonPropertyName("strategy_name")]
    public required string StrategyName { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("info")]
    public required DeviceInfo Info { get; init; }

    /// <summary>What it calls itself, whatever people call it. Ours, as what follows.</summary>
    [JsonPropertyName("host_name")]
    public string HostName { get; init; } = "";

    /// <summary>All of its groups; the first one is what clients and scripts know.</summary>
    [JsonPropertyName("device_groups")]
    public IReadOnlyList<string> DeviceGroups { get; init; } = [];

    /// <summary>The strategy that is in effect; empty: none.</summary>
    [JsonPropertyName("effective_strategy")]
    public string EffectiveStrategy { get; init; } = "";

    /// <summary>What it comes from: device, user or device_group; empty: none is given.</summary>
    [JsonPropertyName("decided_by")]
    public string DecidedBy { get; init; } = "";

    /// <summary>The strategy that decides and is disabled, so that none is in effect; empty: it is enabled.</summary>
    [JsonPropertyName("disabled_strategy")]
    public string DisabledStrategy { get; init; } = "";

    /// <summary>The address books with it that the reader may open.</summary>
    [JsonPropertyName("books")]
    public IReadOnlyList<DeviceBook> Books { get; init; } = [];

    /// <summary>How many are on it now; told to its owner and to who administers it.</summary>
    [JsonPropertyName("sessions")]
    public int Sessions { get; init; }

    /// <summary>What is odd about who it is: conflict, sysinfo (another machine's description was refused within a
    /// day), api (it never called the API), renamed.</summary>
    [JsonPropertyName("identity_notes")]
    public IReadOnlyList<string> IdentityNotes { get; init; } = [];

    /// <summary>The id that it had before; empty: none.</summary>
    [JsonPropertyName("former_id")]
    public string FormerId { get; init; } = "";

    /// <summary>Moves with every change of what is edited; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string Version => EditVersion.Of(
        Status, UserName, DeviceGroupName, StrategyName, Note, Info.DeviceName, Info.Username);
}

/// <summary>What a device said of itself, or an administrator instead of it.</summary>
internal sealed record DeviceInfo
{
    [JsonPropertyName("device_name")]
    public string DeviceName { get; init; } = "";

    [JsonPropertyName("username")]
    public string Username { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("cpu")]
    public string Cpu { get; init; } = "";

    [JsonPropertyName("memory")]
    public string Memory { get; init; } = "";

    [JsonPropertyName("version")]
    public string Version { get; init; } = "";

    [JsonPropertyName("ip")]
    public string Ip { get; init; } = "";
}

/// <summary>What is assigned (admin reference §4.4).</summary>
/// <param name="Type">What.</param>
/// <param name="Value">To what; empty takes away.</param>
internal sealed record DeviceAssignBody(
    [property: JsonPropertyName("type")] string? Type, [property: JsonPropertyName("value")] string? Value);

/// <summary>What this slice reads and writes for administrators.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PageAsOf<DeviceItem>))]
[JsonSerializable(typeof(DeviceItem))]
[JsonSerializable(typeof(DeviceAssignBody))]
internal sealed partial class DevicesAdminJson : JsonSerializerContext;
