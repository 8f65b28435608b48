using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/devices</c> (admin reference §4.4). Administrators and their scripts see all devices, others what they may
/// reach and what their admin roles show. Mutations are 200 and zero bytes, refusals 200 with <c>error</c>.
/// </summary>
internal static class DevicesAdmin
{
    private const string NoSuchDevice = "There is no such device.";

    private static readonly Sorts<DeviceRow> Orders = new Sorts<DeviceRow>("id")
        .Add("id", r => r.Id).Add("device_name", r => r.Name).Add("user_name", r => r.Owner)
        .Add("device_group_name", r => r.DeviceGroup).Add("created_at", r => r.CreatedAt)
        .Add("last_online", r => r.LastSeenAt ?? r.CreatedAt);

    private static readonly string[] Columns =
    [
        "guid", "id", "status", "is_online", "last_online", "created_at", "user_name", "group_name",
        "device_group_name", "strategy_name", "note", "device_name", "username", "os", "cpu", "memory", "version",
        "ip", "host_name", "device_groups", "effective_strategy", "books", "sessions", "identity_notes", "former_id",
    ];

    private const int CsvAtOnce = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/devices", ListAsync).ForUsersOrScope(Area.Device, write: false)
            .WithSummary("Devices with all that is known of them; as CSV on request.")
            .Query("id", "Only this id; % is any text; as what follows.").Query("device_name", "The name.")
            .Query("user_name", "The owner; - for none.").Query("group_name", "The owner's user group.")
            .Query("device_group_name", "The device group; - for none.").Query("device_username", "The OS user.")
            .Query("strategy_name", "The device's own strategy.").Query("note", "The note.").Query("os", "The system.")
            .Query("effective_strategy", "The strategy in effect: its own, its owner's or a group's; - for none.")
            .Query("host_name", "What it calls itself.").Query("ip", "Its address.").Query("cpu", "Its processor.")
            .Query("memory", "Its memory.").Query("in_session", "1 those that somebody is on, 0 the others.")
            .Query("guids", "Only these, with commas between them; 1000 at most.")
            .Query("version", "The client.").Query("status", "1 enabled, 0 disabled.")
            .Query("seen", "Last seen: >30d longer ago than 30 days, <12h within 12 hours, - never; h, d or w; or days "
                + "of UTC: 2026-03-01, 2026-03-01..2026-03-31, ..2026-03-01.")
            .Query("online", "1 those that are there, 0 the others.")
            .Query("favourite", "1: only those that who asks keeps at hand.")
            .Query("older", "Only clients older than this version.")
            .Query("needs", "conflict: another machine claims the id; api: it never called the API; outdated: "
                + "older than what a tenth of the devices has; sysinfo: another machine's description was refused "
                + "within a day; any: one of them.")
            .Query("q", "A part of the id, name, OS user, owner, note or address.")
            .Query("sort", "id, state, device_name, user_name, device_group_name, created_at or last_online.")
            .Query("format", "csv or jsonl: all that match, as a file.")
            .Query("columns", "Of the file: these columns besides guid and id, in this order.")
            .Answers<PageAsOf<DeviceItem>>();
        routes.MapPost("/api/devices/{guid}/enable", EnableAsync)
            .ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Lets a device be reached again.").ReadsNothing().AnswersNothing().OrError();
        routes.MapPost("/api/devices/{guid}/disable", DisableAsync)
            .ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Lets nobody reach a device.").ReadsNothing().AnswersNothing().OrError();
        routes.MapPost("/api/devices/{guid}/assign", AssignAsync)
            .ForAdmins(Area.Device, write: true, DeviceEdits.Assigning)
            .WithSummary("Gives a device an owner, strategy, group, note, name, or a place in an address book.")
            .Reads<DeviceAssignBody>("""{"type":"user_name","value":"mara"}""").AnswersNothing().OrError();
        routes.MapDelete("/api/devices/{guid}", DeleteAsync).AfterStepUp()
            .ForAdmins(Area.Device, write: true, AdminRight.DevicesDelete)
            .WithSummary("Forgets a device that is disabled or offline.").ReadsNothing().AnswersNothing().OrError();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, DeviceReach reach, DevicePresence presence,
        ApiParts parts, ConsoleLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var devices = AdminScope.Shown(db, user, (await reach.OfAsync(db, user, cancellationToken)).Devices);
        var rows = await DeviceRow.FilterAsync(
            db, user, DeviceRow.Of(db, user, devices), context, (presence, time), cancellationToken);
        if (FileOfRows.IsAsked(context))
        {
            await log.ExportedAsync(db, context, ConsoleOperation.ExportList, "devices", cancellationToken);
            return new FileOfRows("devices", Columns, CsvAsync(), keys: 2);
        }

        var total = await rows.CountAsync(cancellationToken);
        var some = await Sorted().Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new PageAsOf<DeviceItem>(total, await ItemsAsync(db, some), AskedAgain.AsOf(now)),
            DevicesAdminJson.Default.PageAsOfDeviceItem);

        IQueryable<DeviceRow> Sorted() =>
            (StateFilter.Sorted(rows, context, presence) ?? Orders.Apply(rows, context)).ThenBy(r => r.Id);

        async Task<List<DeviceItem>> ItemsAsync(HawserDb from, List<DeviceRow> found)
        {
            var facts = await DeviceFacts.ReadAsync(from, user, found, cancellationToken);
            return found.ConvertAll(
                r => facts.Complete(ItemOf(r, presence.WaysOf(r.Id), now), r, user, now));
        }

        async IAsyncEnumerable<string?[]> CsvAsync()
        {
            // Rows go on coming while what belongs to them is read: a connection does one of the two.
            await using var beside = parts.Store.CreateDb();
            var chunks = Sorted().AsAsyncEnumerable().Chunk(CsvAtOnce);
            await foreach (var found in chunks.WithCancellation(cancellationToken))
            {
                foreach (var item in await ItemsAsync(beside, [.. found])) yield return Cells(item);
            }
        }
    }

    private static Task<IResult> EnableAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, DeviceHints hints, TimeProvider time,
        CancellationToken cancellationToken) =>
        SetEnabledAsync(context, guid, enabled: true, (db, log, hints, time), cancellationToken);

    private static Task<IResult> DisableAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, DeviceHints hints, TimeProvider time,
        CancellationToken cancellationToken) =>
        SetEnabledAsync(context, guid, enabled: false, (db, log, hints, time), cancellationToken);

    private static async Task<IResult> SetEnabledAsync(
        HttpContext context, string guid, bool enabled,
        (HawserDb Db, ConsoleLog Log, DeviceHints Hints, TimeProvider Time) with, CancellationToken cancellationToken)
    {
        var (db, log, hints, _) = with;
        if (await FindAsync(db, context, guid, AdminRight.DevicesEnable, cancellationToken) is not { } device)
        {
            return Refuse(NoSuchDevice);
        }

        var details = await DetailsAsync(db, device, cancellationToken);
        // Asked twice is asked once.
        if (details.Enabled == enabled && db.Entry(details).State != EntityState.Added) return ClientResults.Empty;
        if (enabled) details.Enable(with.Time.GetUtcNow().UtcDateTime);
        else details.Enabled = false;
        log.Add(db, context, enabled ? ConsoleOperation.EnableDevice : ConsoleOperation.DisableDevice, device.Id);
        await db.SaveChangesAsync(cancellationToken);
        hints.Changed(device.Id);
        return ClientResults.Empty;
    }

    private static async Task<IResult> AssignAsync(
        HttpContext context, string guid, HawserDb db, Secrets secrets, ConsoleLog log, StrategyEpoch epoch,
        DeviceHints hints, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, DevicesAdminJson.Default.DeviceAssignBody);
        if (body is null) return error!;
        var (type, value) = (body.Type ?? "", body.Value ?? "");
        var right = RightFor(type);
        if (!CurrentUser.Of(context).May(right)) return ClientResults.Forbidden;
        if (await FindAsync(db, context, guid, right, cancellationToken) is not { } device)
        {
            return Refuse(NoSuchDevice);
        }

        var details = await DetailsAsync(db, device, cancellationToken);
        var assignments = new DeviceAssignments(db, secrets, time.GetUtcNow().UtcDateTime);
        if (await ApplyAsync(assignments, (device, details), type, value, cancellationToken) is { } refusal)
        {
            return Refuse(refusal);
        }

        // The fourth part of a book's value is a password.
        var told = type == "ab" ? value.Split(',')[0] : value;
        log.Add(db, context, ConsoleOperation.UpdateDevice, device.Id, (type, told));
        await db.SaveChangesAsync(cancellationToken);
        if (DecidesStrategy(type)) await epoch.BumpAsync(db, cancellationToken);
        hints.Changed(device.Id);
        return ClientResults.Empty;
    }

    private static bool DecidesStrategy(string type) => type is "user_name" or "strategy_name" or "device_group_name"
        or "device_group_add" or "device_group_remove";

    // Books are no part of what roles allow: only administrators write into them from here.
    internal static AdminRight RightFor(string type) => type switch
    {
        "user_name" => AdminRight.DevicesOwner,
        "strategy_name" => AdminRight.DevicesStrategy,
        "device_group_name" or "device_group_add" or "device_group_remove" => AdminRight.DevicesGroup,
        "note" or "device_username" or "device_name" => AdminRight.DevicesInfo,
        _ => AdminRight.None,
    };

    /// <summary>Gives a device something that scripts name by a type.</summary>
    /// <returns>Why not; null: the caller saves.</returns>
    internal static async Task<string?> ApplyAsync(
        DeviceAssignments assignments, (Device Row, DeviceDetails Details) device, string type, string value,
        CancellationToken cancellationToken)
    {
        var (row, details) = device;
        switch (type)
        {
            case "user_name": return await assignments.SetOwnerAsync(details, value, cancellationToken);
            case "strategy_name": return await assignments.SetStrategyAsync(row.Guid, value, cancellationToken);
            case "device_group_name": return await assignments.SetGroupAsync(row.Guid, value, cancellationToken);
            case "device_group_add": return await assignments.JoinAsync(row.Guid, value, true, cancellationToken);
            case "device_group_remove": return await assignments.JoinAsync(row.Guid, value, false, cancellationToken);
            case "note": await assignments.SetNoteAsync(row.Guid, value, cancellationToken); return null;
            case "device_username": details.UsernameOverride = DeviceAssignments.Cut(value, 255); return null;
            case "device_name": details.NameOverride = DeviceAssignments.Cut(value, 255); return null;
            case "ab":
                // Fields by their place; what is not there, or empty, is left as it is.
                var parts = value.Split(',', 5);
                string? Part(int index) => parts.Length > index && parts[index].Length > 0 ? parts[index] : null;
                if (parts[0].Trim().Length == 0) return "Which address book?";
                return await assignments.SetBookAsync(
                    row.Id, details, new BookWish(parts[0], Part(1), Part(2), Part(3), Part(4)), cancellationToken);
            default:
                return "type is one of user_name, strategy_name, device_group_name, device_group_add, "
                    + "device_group_remove, note, device_username, device_name, ab.";
        }
    }

    // Scripts that clean up delete what is offline without disabling it first (admin reference §6.9).
    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ApiParts parts, ConsoleLog log, DevicePresence presence,
        DeviceHints hints, TimeProvider time, CancellationToken cancellationToken)
    {
        var user = CurrentUser.Of(context);
        if (await FindAsync(db, context, guid, AdminRight.DevicesDelete, cancellationToken) is not { } device)
        {
            return Refuse(NoSuchDevice);
        }

        var disabled = await db.DeviceDetails.AnyAsync(
            d => d.DeviceGuid == device.Guid && !d.Enabled, cancellationToken);
        // Roles delete what is disabled only (admin reference §6.4).
        if (!disabled && !user.IsAdmin) return Refuse("Disable the device before you delete it.");
        if (!disabled && presence.IsOnline(device.Id))
        {
            return Refuse("The device is online; disable it before it is deleted.");
        }

        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            log.Add(db, context, ConsoleOperation.DeleteDevice, device.Id, ("note", device.Note));
            await DeviceBin.PutAsync(
                db, device, (user.Guid, user.Name), time.GetUtcNow().UtcDateTime, cancellationToken);
            await DeviceDeleteJob.RemoveAsync(db, device, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }

        hints.Changed(device.Id);
        parts.Feed.Publish(new LiveEvent("device-deleted", device.Id));
        return ClientResults.Empty;
    }

    private static async Task<Device?> FindAsync(
        HawserDb db, HttpContext context, string guid, AdminRight right, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await AdminScope.Devices(db, CurrentUser.Of(context), right)
                .FirstOrDefaultAsync(d => d.Guid == wanted, cancellationToken)
            : null;

    private static async Task<DeviceDetails> DetailsAsync(
        HawserDb db, Device device, CancellationToken cancellationToken)
    {
        var details = await db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        if (details is null)
        {
            db.DeviceDetails.Add(details = new DeviceDetails { DeviceGuid = device.Guid, Enabled = true });
        }

        return details;
    }

    /// <summary>A row as it is answered; what only administrators write is only theirs to read.</summary>
    internal static DeviceItem ItemOf(DeviceRow row, string ways, DateTime now)
    {
        var (admin, online) = (row.Managed, ways.Length > 0);
        var seen = row.LastSeenAt is { } last && last > row.CreatedAt ? last : row.CreatedAt;
        return new DeviceItem
        {
            Guid = row.Guid.ToString(),
            Id = row.Id,
            Status = row.Enabled ? 1 : 0,
            IsOnline = online,
            OnlineBy = ways,
            HasConflict = admin && row.HasConflict,
            LastOnline = WireTime.Text(online ? now : seen),
            CreatedAt = WireTime.Seconds(row.CreatedAt),
            User = row.Owner,
            UserName = row.Owner,
            GroupName = row.UserGroup,
            DeviceGroupName = row.DeviceGroup,
            StrategyName = admin ? row.Strategy : "",
            Note = row.Note ?? "",
            Info = new DeviceInfo
            {
                DeviceName = row.Name,
                Username = row.OsUser,
                Os = row.Details?.Os ?? "",
                Cpu = row.Details?.Cpu ?? "",
                Memory = row.Details?.Memory ?? "",
                Version = row.Details?.Version ?? "",
                Ip = admin ? row.Address ?? "" : "",
            },
        };
    }

    private static string?[] Cells(DeviceItem item) =>
    [
        item.Guid, item.Id, item.Status.ToString(CultureInfo.InvariantCulture), item.IsOnline ? "1" : "0",
        item.LastOnline, item.CreatedAt.ToString(CultureInfo.InvariantCulture), item.UserName, item.GroupName,
        item.DeviceGroupName, item.StrategyName, item.Note, item.Info.DeviceName, item.Info.Username, item.Info.Os,
        item.Info.Cpu, item.Info.Memory, item.Info.Version, item.Info.Ip, item.HostName,
        string.Join(';', item.DeviceGroups), item.EffectiveStrategy, string.Join(';', item.Books.Select(b => b.Name)),
        item.Sessions.ToString(CultureInfo.InvariantCulture), string.Join(';', item.IdentityNotes), item.FormerId,
    ];

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
