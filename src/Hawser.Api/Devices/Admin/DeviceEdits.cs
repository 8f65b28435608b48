using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// One device: all of its groups, and the strategy in effect with its options; changing several things at once. Ours.
/// </summary>
internal static class DeviceEdits
{
    /// <summary>The rights of which one at least is needed to change something of a device.</summary>
    internal const AdminRight Assigning = AdminRight.DevicesInfo | AdminRight.DevicesOwner | AdminRight.DevicesGroup
        | AdminRight.DevicesStrategy;

    private const int MostGroups = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/devices/{guid}", GetAsync).ForUsersOrScope(Area.Device, write: false)
            .WithSummary("One device, with its groups, open connections and the strategy in effect.")
            .Answers<DeviceDetail>();
        routes.MapPatch("/api/devices/{guid}", UpdateAsync).GuardsEdits("device", "guid", VersionAsync)
            .ForAdmins(Area.Device, write: true, Assigning | AdminRight.DevicesEnable)
            .WithSummary("Changes a device, all or nothing; what is missing stays, an empty text takes away.")
            .Reads<DevicePatch>(DevicePatch.Example).Answers<DeviceDetail>();
        routes.MapPost("/api/devices/{guid}/refresh", RefreshAsync)
            .ForAdmins(Area.Device, write: true, AdminRight.DevicesInfo)
            .WithSummary("Has a device send its sysinfo again, with its next heartbeat.").ReadsNothing()
            .AnswersNothing();
    }

    private static async Task<IResult> GetAsync(
        string guid, CurrentUser user, HawserDb db, DeviceReach reach, DevicePresence presence, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return Guid.TryParse(guid, out var wanted)
            && await FindAsync(db, user, wanted, (reach, presence, now), cancellationToken) is { } detail
            ? ClientResults.Json(detail, DeviceEditsJson.Default.DeviceDetail) : Problem.NotFound("device");
    }

    private static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        return Guid.TryParse(guid, out var wanted)
            ? (await FindAsync(
                services.GetRequiredService<HawserDb>(), CurrentUser.Of(context), wanted,
                (services.GetRequiredService<DeviceReach>(), services.GetRequiredService<DevicePresence>(),
                    services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime),
                cancellationToken))?.Device.Version
            : null;
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, Secrets secrets, ConsoleLog log,
        StrategyEpoch epoch, DeviceHints hints, DeviceReach reach, DevicePresence presence, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DeviceEditsJson.Default.DevicePatch);
        if (body is null) return error!;
        var device = Guid.TryParse(guid, out var wanted)
            ? await AdminScope.Devices(db, user, AdminRight.DevicesView)
                .FirstOrDefaultAsync(d => d.Guid == wanted, cancellationToken)
            : null;
        if (device is null) return Problem.NotFound("device");
        if (!user.IsAdmin && !await ReachesAsync(db, user, device.Guid, body, cancellationToken))
        {
            return Problem.Forbidden;
        }

        var details = await db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        if (details is null)
        {
            db.DeviceDetails.Add(details = new DeviceDetails { DeviceGuid = device.Guid, Enabled = true });
        }

        var now = time.GetUtcNow().UtcDateTime;
        var assignments = new DeviceAssignments(db, secrets, now);
        if (await ApplyAsync(db, assignments, (device, details, body), now, cancellationToken) is var (text, field)
            && text is not null) return Problem.Invalid(text, field);
        log.Add(db, context, ConsoleOperation.UpdateDevice, device.Id, ("user_name", body.UserName),
            ("strategy_name", body.StrategyName), ("note", body.Note), ("device_name", body.DeviceName),
            ("device_username", body.DeviceUsername), ("status", body.Status?.ToString()),
            ("device_groups", body.DeviceGroups is null ? null : string.Join(", ", body.DeviceGroups)));
        await db.SaveChangesAsync(cancellationToken);
        await epoch.BumpAsync(db, cancellationToken);
        hints.Changed(device.Id);
        var detail = await FindAsync(db, user, device.Guid, (reach, presence, now), cancellationToken);
        return ClientResults.Json(detail!, DeviceEditsJson.Default.DeviceDetail);
    }

    /// <summary>Whether each of the rights that a change needs reaches the device.</summary>
    private static async Task<bool> ReachesAsync(
        HawserDb db, CurrentUser user, Guid device, DevicePatch body, CancellationToken cancellationToken)
    {
        foreach (var right in body.Needs())
        {
            if (!await AdminScope.Devices(db, user, right).AnyAsync(d => d.Guid == device, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<(string? Text, string Field)> ApplyAsync(
        HawserDb db, DeviceAssignments assignments, (Device Row, DeviceDetails Details, DevicePatch Body) edit,
        DateTime now, CancellationToken cancellationToken)
    {
        var (row, details, body) = edit;
        if (body.Status is not (null or 0 or 1)) return ("status is 0 or 1.", "status");
        if (body.UserName is { } owner
            && await assignments.SetOwnerAsync(details, owner, cancellationToken) is { } noUser)
        {
            return (noUser, "user_name");
        }

        if (body.StrategyName is { } strategy
            && await assignments.SetStrategyAsync(row.Guid, strategy, cancellationToken) is { } noStrategy)
        {
            return (noStrategy, "strategy_name");
        }

        if (body.DeviceGroups is { } groups
            && await SetGroupsAsync(db, row.Guid, groups, now, cancellationToken) is { } noGroup)
        {
            return (noGroup, "device_groups");
        }

        if (body.Note is { } note) await assignments.SetNoteAsync(row.Guid, note, cancellationToken);
        if (body.DeviceName is { } name) details.NameOverride = DeviceAssignments.Cut(name, 255);
        if (body.DeviceUsername is { } username) details.UsernameOverride = DeviceAssignments.Cut(username, 255);
        if (body.Status == 1) details.Enable(now);
        else if (body.Status == 0) details.Enabled = false;
        return (null, "");
    }

    // Several groups: only this call gives a device more than one.
    internal static async Task<string?> SetGroupsAsync(
        HawserDb db, Guid device, IReadOnlyList<string?> names, DateTime now, CancellationToken cancellationToken)
    {
        if (names.Count > MostGroups) return $"A device is in at most {MostGroups} groups.";
        var wanted = new HashSet<Guid>();
        foreach (var name in names)
        {
            var normalized = NameText.Normalize(DeviceAssignments.Cut(name, 300));
            var group = await db.DeviceGroups.Where(g => g.NormalizedName == normalized).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            if (group is not { } guid) return $"There is no device group \"{name}\".";
            wanted.Add(guid);
        }

        var rows = await db.DeviceGroupMembers.Where(m => m.DeviceGuid == device).ToListAsync(cancellationToken);
        db.DeviceGroupMembers.RemoveRange(rows.Where(r => !wanted.Contains(r.GroupGuid)));
        foreach (var group in wanted.Except(rows.Select(r => r.GroupGuid)))
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = group, AddedAt = now });
        }

        return null;
    }

    private static async Task<IResult> RefreshAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, DeviceCommands commands,
        CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            && await AdminScope.Devices(db, user, AdminRight.DevicesInfo)
                .AnyAsync(d => d.Guid == wanted, cancellationToken)
            && await commands.AskSysinfoAsync(db, wanted, user.Name, cancellationToken)
            ? ClientResults.Empty : Problem.NotFound("device");

    private static async Task<DeviceDetail?> FindAsync(
        HawserDb db, CurrentUser user, Guid guid, (DeviceReach Reach, DevicePresence Presence, DateTime Now) with,
        CancellationToken cancellationToken)
    {
        var reach = (await with.Reach.OfAsync(db, user, cancellationToken)).Devices;
        var devices = AdminScope.Shown(db, user, reach).Where(d => d.Guid == guid);
        var row = await DeviceRow.Of(db, user, devices).FirstOrDefaultAsync(cancellationToken);
        if (row is null) return null;
        var groups = await db.DeviceGroupMembers.Where(m => m.DeviceGuid == guid)
            .Join(db.DeviceGroups, m => m.GroupGuid, g => g.Guid, (m, g) => g)
            .OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName).Select(g => g.Name).ToListAsync(cancellationToken);
        var chosen = row.Managed
            ? (await EffectiveStrategies.ChooseAsync(
                db, [new StrategySubject(guid, row.OwnerGuid, null)], cancellationToken)).GetValueOrDefault(guid)
            : null;
        var activity = with.Presence.Find(row.Id);
        var facts = await DeviceFacts.ReadAsync(db, user, [row], cancellationToken);
        return new DeviceDetail
        {
            Device = facts.Complete(
                DevicesAdmin.ItemOf(row, with.Presence.WaysOf(row.Id), with.Now), row, user, with.Now),
            DeviceGroups = groups,
            OpenConnections = activity?.Connections ?? [],
            StrategyInEffect = chosen?.Name ?? "",
            Options = chosen is null ? null : StrategyText.Parse(chosen.Options),
        };
    }
}

/// <summary>A device with everything around it.</summary>
internal sealed record DeviceDetail
{
    [JsonPropertyName("device")]
    public required DeviceItem Device { get; init; }

    /// <summary>By rank; the first one is what clients and scripts know.</summary>
    [JsonPropertyName("device_groups")]
    public required IReadOnlyList<string> DeviceGroups { get; init; }

    /// <summary>The numbers of its connections in its last heartbeat here.</summary>
    [JsonPropertyName("open_connections")]
    public required IReadOnlyList<int> OpenConnections { get; init; }

    /// <summary>The device's own, its owner's, or that of its first group that has one; empty: none.</summary>
    [JsonPropertyName("strategy_in_effect")]
    public required string StrategyInEffect { get; init; }

    [JsonPropertyName("options")]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

/// <summary>What is changed of a device.</summary>
internal sealed record DevicePatch
{
    internal const string Example =
        """{"user_name":"mara","device_groups":["Tills","North"],"note":"at the door","status":1}""";

    [JsonPropertyName("user_name")]
    public string? UserName { get; init; }

    [JsonPropertyName("strategy_name")]
    public string? StrategyName { get; init; }

    /// <summary>All of its groups; an empty list: none.</summary>
    [JsonPropertyName("device_groups")]
    public IReadOnlyList<string?>? DeviceGroups { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    [JsonPropertyName("device_name")]
    public string? DeviceName { get; init; }

    [JsonPropertyName("device_username")]
    public string? DeviceUsername { get; init; }

    /// <summary>1 enabled, 0 disabled.</summary>
    [JsonPropertyName("status")]
    public int? Status { get; init; }

    /// <summary>The rights that it takes.</summary>
    public IEnumerable<AdminRight> Needs()
    {
        if (UserName is not null) yield return AdminRight.DevicesOwner;
        if (StrategyName is not null) yield return AdminRight.DevicesStrategy;
        if (DeviceGroups is not null) yield return AdminRight.DevicesGroup;
        if (Status is not null) yield return AdminRight.DevicesEnable;
        if (Note is not null || DeviceName is not null || DeviceUsername is not null)
        {
            yield return AdminRight.DevicesInfo;
        }
    }
}

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeviceDetail))]
[JsonSerializable(typeof(DevicePatch))]
internal sealed partial class DeviceEditsJson : JsonSerializerContext;
