using Hawser.Api.Access;
using Hawser.Api.Audit;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Groups.Admin;

/// <summary><c>/api/device-groups</c> (admin reference §4.3). Members are named by their ids, not by guids.</summary>
internal static class DeviceGroupsAdmin
{
    private const int MostDevices = 10_000;
    private const int ListBytes = 1 << 20;
    private const string NoSuchGroup = "There is no such device group.";

    private static readonly Sorts<DeviceGroup> Orders = new Sorts<DeviceGroup>("name")
        .Add("name", g => g.NormalizedName).Add("created_at", g => g.CreatedAt).Add("rank", g => g.Rank);

    private static readonly string[] Columns =
        ["guid", "name", "note", "device_count", "allowed_incomings", "strategy_name", "rank", "created_at"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/device-groups", ListAsync)
            .ForAdmins(Area.DeviceGroup, write: false, AdminRight.DeviceGroupsView)
            .WithSummary("Device groups, and who may reach them.").Query("name", "Only this name; % is any text.")
            .Query("q", "A part of the name or note.")
            .Query("sort", "name, created_at or rank; a minus turns it round.")
            .Query("format", "csv or jsonl: all that match, as a file.").Answers<Page<DeviceGroupRow>>();
        routes.MapGet("/api/device-groups/{guid}", GetAsync)
            .ForAdmins(Area.DeviceGroup, write: false, AdminRight.DeviceGroupsView)
            .WithSummary("One device group; ours.").Answers<DeviceGroupRow>();
        routes.MapPost("/api/device-groups", AddAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DeviceGroupsEdit)
            .WithSummary("Makes a device group.").Reads<GroupBody>(GroupBody.Example).Answers<MadeGroup>().OrError();
        routes.MapPatch("/api/device-groups/{guid}", UpdateAsync).GuardsEdits("device group", "guid", VersionAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DeviceGroupsEdit)
            .WithSummary("Changes a device group; what is missing stays, an empty list clears.")
            .Reads<GroupBody>(GroupBody.Example).AnswersNothing().OrError();
        routes.MapDelete("/api/device-groups/{guid}", DeleteAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DeviceGroupsEdit)
            .WithSummary("Deletes a device group; its devices stay.").ReadsNothing().AnswersNothing().OrError();
        routes.MapPost("/api/device-groups/{guid}", AddDevicesAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DevicesGroup)
            .WithSummary("Moves devices, by id, into a device group.")
            .Reads<IReadOnlyList<string>>("""["482913377"]""").AnswersNothing().OrError();
        routes.MapDelete("/api/device-groups/{guid}/devices", RemoveDevicesAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DevicesGroup)
            .WithSummary("Takes devices, by id, out of a device group.")
            .Reads<IReadOnlyList<string>>("""["482913377"]""").AnswersNothing().OrError();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, PageQuery page, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        var groups = db.DeviceGroups.AsNoTracking().Matching(context, "name", g => g.Name)
            .Searching(context, g => g.Name, g => g.Note);
        var sorted = Orders.Apply(groups, context).ThenBy(g => g.Guid);
        if (FileOfRows.IsAsked(context))
        {
            await log.ExportedAsync(db, context, ConsoleOperation.ExportList, "device-groups", cancellationToken);
            return new FileOfRows("device-groups", Columns, GroupText.InPortions(
                context, sorted, (beside, some) => ItemsAsync(beside, some, cancellationToken), Cells), keys: 2);
        }

        var total = await groups.CountAsync(cancellationToken);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<DeviceGroupRow>(total, await ItemsAsync(db, rows, cancellationToken)),
            GroupsAdminJson.Default.PageDeviceGroupRow);
    }

    private static string?[] Cells(DeviceGroupRow g) =>
    [
        g.Guid, g.Name, g.Note, GroupText.Number(g.DeviceCount), GroupText.Peers(g.AllowedIncomings), g.StrategyName,
        GroupText.Number(g.Rank), GroupText.Number(g.CreatedAt),
    ];

    private static async Task<IResult> GetAsync(string guid, HawserDb db, CancellationToken cancellationToken) =>
        await ItemAsync(db, guid, cancellationToken) is { } item
            ? ClientResults.Json(item, GroupsAdminJson.Default.DeviceGroupRow) : Problem.NotFound("device group");

    private static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken) =>
        (await ItemAsync(context.RequestServices.GetRequiredService<HawserDb>(), guid, cancellationToken))?.Version;

    private static async Task<DeviceGroupRow?> ItemAsync(
        HawserDb db, string guid, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return null;
        var rows = await db.DeviceGroups.AsNoTracking().Where(g => g.Guid == wanted).ToListAsync(cancellationToken);
        return (await ItemsAsync(db, rows, cancellationToken)).FirstOrDefault();
    }

    private static async Task<List<DeviceGroupRow>> ItemsAsync(
        HawserDb db, List<DeviceGroup> rows, CancellationToken cancellationToken)
    {
        var guids = rows.ConvertAll(g => g.Guid);
        var counts = await db.DeviceGroupMembers.Where(m => guids.Contains(m.GroupGuid)).GroupBy(m => m.GroupGuid)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var strategies = await (
            from a in db.StrategyAssignments
            where a.TargetKind == StrategyTarget.DeviceGroup && guids.Contains(a.TargetGuid)
            join s in db.Strategies on a.StrategyGuid equals s.Guid
            select new { a.TargetGuid, s.Name }).ToDictionaryAsync(s => s.TargetGuid, s => s.Name, cancellationToken);
        var incomings = await GroupAccess.IncomingsOfDeviceGroupsAsync(db, guids, cancellationToken);
        return rows.ConvertAll(g => new DeviceGroupRow
        {
            Guid = g.Guid.ToString(),
            Name = g.Name,
            Note = g.Note,
            CreatedAt = WireTime.Seconds(g.CreatedAt),
            AllowedIncomings = PeerBody.Of(incomings[g.Guid]),
            StrategyName = strategies.GetValueOrDefault(g.Guid, ""),
            DeviceCount = counts.GetValueOrDefault(g.Guid),
            Rank = g.Rank,
        });
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, GroupAccess access, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, GroupsAdminJson.Default.GroupBody);
        if (body is null) return error!;
        if (body.Complaint(isNew: true) is { } complaint) return Refuse(complaint);
        var group = new DeviceGroup
        {
            Name = body.Name!.Trim(), NormalizedName = NameText.Normalize(body.Name), Note = body.Note ?? "",
            Rank = body.Rank ?? 0, CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await IsTakenAsync(db, group, cancellationToken)) return Refuse(Taken(group.Name));
        db.DeviceGroups.Add(group);
        log.Add(db, context, ConsoleOperation.AddGroup, group.Name, ("kind", "device group"));
        if (await StoreAsync(db, access, group, body, cancellationToken) is { } refusal) return Refuse(refusal);
        await change.CommitAsync(cancellationToken);
        return ClientResults.Json(new MadeGroup(group.Guid.ToString()), GroupsAdminJson.Default.MadeGroup);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, HawserDb db, GroupAccess access, ConsoleLog log, StrategyEpoch epoch,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, GroupsAdminJson.Default.GroupBody);
        if (body is null) return error!;
        if (body.Complaint(isNew: false) is { } complaint) return Refuse(complaint);
        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
            var before = group.Name;
            if (body.Name is { } name) (group.Name, group.NormalizedName) = (name.Trim(), NameText.Normalize(name));
            if (body.Note is { } note) group.Note = note;
            if (body.Rank is { } rank) group.Rank = rank;
            if (await IsTakenAsync(db, group, cancellationToken)) return Refuse(Taken(group.Name));
            log.Add(db, context, ConsoleOperation.UpdateGroup, before, ("kind", "device group"),
                ("new_name", group.Name == before ? null : group.Name),
                ("allowed_incomings", GroupText.Of(body.AllowedIncomings)));
            if (await StoreAsync(db, access, group, body, cancellationToken) is { } refusal) return Refuse(refusal);
            await change.CommitAsync(cancellationToken);
        }

        // Rank and name decide which of several groups gives a device its strategy.
        if (body.Rank is not null || body.Name is not null) await epoch.BumpAsync(db, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, StrategyEpoch epoch,
        CancellationToken cancellationToken)
    {
        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
            var devices = await db.DeviceGroupMembers.CountAsync(m => m.GroupGuid == group.Guid, cancellationToken);
            await AccessRules.ForgetAsync(db, group.Guid, cancellationToken);
            await db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.DeviceGroup && a.TargetGuid == group.Guid)
                .ExecuteDeleteAsync(cancellationToken);
            db.DeviceGroups.Remove(group);
            log.Add(db, context, ConsoleOperation.DeleteGroup, group.Name, ("kind", "device group"),
                ("devices", $"{devices}"));
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }

        await epoch.BumpAsync(db, cancellationToken);
        return ClientResults.Empty;
    }

    // As in Pro, where a device is in one group: it joins this one and leaves the others (admin reference §6.1).
    private static async Task<IResult> AddDevicesAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, StrategyEpoch epoch, DeviceHints hints,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (sent, error) = await ClientBody.ReadAsync(
            context, GroupsAdminJson.Default.IReadOnlyListString, ListBytes);
        if (sent is null) return error!;
        if (sent.Count > MostDevices) return Refuse($"At most {MostDevices} devices at once.");
        var ids = sent.Select(i => i?.Trim() ?? "").Distinct(StringComparer.Ordinal).ToArray();
        if (Array.Find(ids, i => !DeviceReader.IsAskable(i)) is { } bad) return Refuse($"\"{bad}\" is not an id.");
        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
            foreach (var some in ids.Chunk(500))
            {
                if (await MoveAsync(db, group.Guid, some, time, cancellationToken) is { } missing)
                {
                    return Refuse($"There is no device \"{missing}\".");
                }
            }

            log.Add(db, context, ConsoleOperation.UpdateDevice, ids, ("device_group", group.Name));
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }

        await epoch.BumpAsync(db, cancellationToken);
        foreach (var id in ids) hints.Changed(id);
        return ClientResults.Empty;
    }

    private static async Task<string?> MoveAsync(
        HawserDb db, Guid group, string[] ids, TimeProvider time, CancellationToken cancellationToken)
    {
        var known = await db.Devices.Where(d => ids.Contains(d.Id)).Select(d => new { d.Guid, d.Id })
            .ToListAsync(cancellationToken);
        if (known.Count < ids.Length) return ids.Except(known.Select(d => d.Id), StringComparer.Ordinal).First();
        var guids = known.ConvertAll(d => d.Guid);
        await db.DeviceGroupMembers.Where(m => guids.Contains(m.DeviceGuid) && m.GroupGuid != group)
            .ExecuteDeleteAsync(cancellationToken);
        var there = await db.DeviceGroupMembers.Where(m => guids.Contains(m.DeviceGuid)).Select(m => m.DeviceGuid)
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        db.DeviceGroupMembers.AddRange(guids.Except(there).Select(
            d => new DeviceGroupMember { DeviceGuid = d, GroupGuid = group, AddedAt = now }));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    // Ids that are not there, or not in the group, do no harm.
    private static async Task<IResult> RemoveDevicesAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, StrategyEpoch epoch, DeviceHints hints,
        CancellationToken cancellationToken)
    {
        var (sent, error) = await ClientBody.ReadAsync(
            context, GroupsAdminJson.Default.IReadOnlyListString, ListBytes);
        if (sent is null) return error!;
        if (sent.Count > MostDevices) return Refuse($"At most {MostDevices} devices at once.");
        var ids = sent.Select(i => i?.Trim() ?? "").Where(DeviceReader.IsAskable).Distinct(StringComparer.Ordinal)
            .ToArray();
        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await FindAsync(db, guid, cancellationToken) is not { } group) return Refuse(NoSuchGroup);
            foreach (var some in ids.Chunk(500))
            {
                var devices = db.Devices.Where(d => some.Contains(d.Id)).Select(d => d.Guid);
                await db.DeviceGroupMembers
                    .Where(m => m.GroupGuid == group.Guid && devices.Contains(m.DeviceGuid))
                    .ExecuteDeleteAsync(cancellationToken);
            }

            log.Add(db, context, ConsoleOperation.UpdateDevice, ids, ("removed_from_device_group", group.Name));
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }

        await epoch.BumpAsync(db, cancellationToken);
        foreach (var id in ids) hints.Changed(id);
        return ClientResults.Empty;
    }

    private static async Task<string?> StoreAsync(
        HawserDb db, GroupAccess access, DeviceGroup group, GroupBody body, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        if (GroupBody.Peers(body.AllowedIncomings) is not { } incomings) return null;
        var done = await access.SetIncomingsOfDeviceGroupAsync(db, group.Guid, incomings, cancellationToken);
        return done.IsDone ? null : done.Error;
    }

    private static async Task<DeviceGroup?> FindAsync(HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted) ? await db.DeviceGroups.FindAsync([wanted], cancellationToken) : null;

    private static Task<bool> IsTakenAsync(HawserDb db, DeviceGroup group, CancellationToken cancellationToken) =>
        db.DeviceGroups.AnyAsync(
            g => g.NormalizedName == group.NormalizedName && g.Guid != group.Guid, cancellationToken);

    private static string Taken(string name) => $"There is a device group \"{name}\" already.";

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
