using System.Globalization;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Audit.Admin;

/// <summary>
/// <c>/api/audits</c> (admin reference §4.7): newest first. Administrators see all,
/// others their own. As CSV all rows that match, written while they are read.
/// </summary>
internal static class AuditsAdmin
{
    private const int CsvAtOnce = 500;

    // So many values may be asked for of one column.
    private const int MostValues = 50;

    // What the kind is called in the different lists.
    private static readonly string[] KindKeys = ["conn_type", "typ", "type"];

    private static readonly string[] ConnectionColumns =
    [
        "guid", "created_at", "end_time", "remote", "local", "local_user", "conn_type", "ip", "name", "primary_auth",
        "two_factor", "note", "path", "relay",
    ];

    private static readonly string[] FileColumns =
        ["guid", "created_at", "remote", "local", "type", "path", "is_file", "num", "ip", "name"];

    private static readonly string[] AlarmColumns = ["guid", "created_at", "device", "typ", "info", "state", "note"];

    private static readonly string[] ConsoleColumns =
        ["guid", "sequence", "created_at", "operator", "typ", "iop", "action", "ip", "info"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/audits/conn", ConnectionsAsync).ForUsersOrScope(Area.Audit, write: false)
            .WithSummary("Connections, newest first.").Query("remote", "A part of the id or name of either end.")
            .Query("conn_type", "0 desktop, 1 files, 2 ports, 3 camera, 4 terminal.")
            .Query("open", "1: only those that go on; 0: only those that ended.")
            .Query("q", "A text in either end's id or name, the account or the note.")
            .Query("device", "A part of the device's id or name.")
            .Query("operator", "A part of the operator's id, name or account; -: not signed in.")
            .Query("primary_auth", "0 unknown, 1 click, 2 one-time password, 3 permanent password, 4 switched sides.")
            .Query("two_factor", "0 none, 1 TOTP, 2 trusted device.")
            .Query("longer", "At least so many seconds, by now.").Query("note", "A part of the note.")
            .Query("device_group", "A part of the name of a group of the device.")
            .Query("path", "direct, relayed or unknown.").Query("relay", "A part of the name of the relay.").Timed()
            .Answers<Page<ConnectionItem>>();
        routes.MapGet("/api/audits/file", FilesAsync).ForUsersOrScope(Area.Audit, write: false)
            .WithSummary("Transfers of files, newest first.")
            .Query("remote", "A part of the id or name of either end.")
            .Query("q", "A text in either end's id or name, or in the path.")
            .Query("device", "A part of the device's id or name.")
            .Query("operator", "A part of the operator's id or name.").Query("type", "0 from the device, 1 to it.")
            .Query("device_group", "A part of the name of a group of the device.")
            .Query("what", "files, clipboard or print.").Query("path", "A part of the path.")
            .Timed().Answers<Page<FileItem>>();
        routes.MapGet("/api/audits/alarm", AlarmsAsync).ForUsersOrScope(Area.Audit, write: false)
            .WithSummary("Alarms, newest first.").Query("device", "A part of the device's id.")
            .Query("typ", "The kind.").Query("state", "new, seen or resolved.").Timed().Answers<Page<AlarmItem>>();
        routes.MapGet("/api/audits/console", ConsoleAsync).ForUsersOrScope(Area.Audit, write: false)
            .WithSummary("What was done in the console and by scripts, newest first.")
            .Query("operator", "A part of the name of who did it.").Query("typ", "What it was about.")
            .Query("iop", "Which operation.").Query("q", "A text in who did it, to what, and the details.")
            .Query("via", "person, token, cli or server (a rule).").Timed().Answers<Page<OperationItem>>();
        routes.MapPost("/api/audits/conn/{guid}/disconnect", DisconnectAsync).ForUsersOrScope(Area.Audit, write: true)
            .WithSummary("Ends a connection that goes on; the device obeys with its next heartbeat.").ReadsNothing()
            .Query("reason", "Why; for the log.")
            .AnswersNothing();
    }

    private static async Task<IResult> ConnectionsAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, AuditLists lists, SettingsStore settings,
        ConsoleLog log, SessionRates rates, CancellationToken cancellationToken)
    {
        var (filter, refusal) = Filter(context, user, settings);
        if (filter is null) return refusal!;
        if (FileOfRows.IsAsked(context))
        {
            await TellAsync(context, db, log, "connections", cancellationToken);
            return new FileOfRows("connections", ConnectionColumns, All(async one =>
            {
                var some = await lists.ConnectionsAsync(db, user, filter, one, cancellationToken);
                var titles = await NamesAsync(db, some.Data.Select(r => r.DeviceGuid), cancellationToken);
                return [.. some.Data.Select(r => Cells(ConnectionItem.Of(r, Name(titles, r.DeviceGuid))))];
            }));
        }

        var rows = await lists.ConnectionsAsync(db, user, filter, page, cancellationToken);
        var names = await NamesAsync(db, rows.Data.Select(r => r.DeviceGuid), cancellationToken);
        var recorded = await AuditLinks.RecordingsAsync(db, user, rows.Data.Select(r => r.Guid), cancellationToken);
        return ClientResults.Json(
            new Page<ConnectionItem>(rows.Total, [.. rows.Data.Select(r => ConnectionItem.Of(
                r, Name(names, r.DeviceGuid)) with
            {
                Recording = recorded.GetValueOrDefault(r.Guid),
                BytesPerSecond = r.EndedAt is null ? rates.Of(r.Guid) : null,
            })]),
            AuditAdminJson.Default.PageConnectionItem);
    }

    private static async Task<IResult> FilesAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, AuditLists lists, SettingsStore settings,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        var (filter, refusal) = Filter(context, user, settings);
        if (filter is null) return refusal!;
        if (FileOfRows.IsAsked(context))
        {
            await TellAsync(context, db, log, "files", cancellationToken);
            return new FileOfRows("files", FileColumns, All(async one =>
            {
                var some = await lists.FilesAsync(db, user, filter, one, cancellationToken);
                var titles = await NamesAsync(db, some.Data.Select(r => r.DeviceGuid), cancellationToken);
                return [.. some.Data.Select(r => Cells(FileItem.Of(r, Name(titles, r.DeviceGuid))))];
            }));
        }

        var rows = await lists.FilesAsync(db, user, filter, page, cancellationToken);
        var names = await NamesAsync(db, rows.Data.Select(r => r.DeviceGuid), cancellationToken);
        var over = await AuditLinks.ConnectionsAsync(db, rows.Data, cancellationToken);
        return ClientResults.Json(
            new Page<FileItem>(rows.Total, [.. rows.Data.Select(r => FileItem.Of(
                r, Name(names, r.DeviceGuid)).Over(over.GetValueOrDefault(r.Guid)))]),
            AuditAdminJson.Default.PageFileItem);
    }

    private static async Task<IResult> AlarmsAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, AuditLists lists, SettingsStore settings,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        var (filter, refusal) = Filter(context, user, settings);
        if (filter is null) return refusal!;
        if (FileOfRows.IsAsked(context))
        {
            await TellAsync(context, db, log, "alarms", cancellationToken);
            return new FileOfRows("alarms", AlarmColumns, All(async one =>
                [.. (await lists.AlarmsAsync(db, user, filter, one, cancellationToken)).Data
                    .Select(r => Cells(AlarmItem.Of(r)))]));
        }

        var rows = await lists.AlarmsAsync(db, user, filter, page, cancellationToken);
        return ClientResults.Json(
            new Page<AlarmItem>(rows.Total, [.. rows.Data.Select(AlarmItem.Of)]),
            AuditAdminJson.Default.PageAlarmItem);
    }

    private static async Task<IResult> ConsoleAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, AuditLists lists, SettingsStore settings,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        var (filter, refusal) = Filter(context, user, settings);
        if (filter is null) return refusal!;
        if (FileOfRows.IsAsked(context))
        {
            await TellAsync(context, db, log, "console", cancellationToken);
            return new FileOfRows("console", ConsoleColumns, All(async one =>
                [.. (await lists.ConsoleAsync(db, user, filter, one, cancellationToken)).Data
                    .Select(r => Cells(OperationItem.Of(r)))]));
        }

        var rows = await lists.ConsoleAsync(db, user, filter, page, cancellationToken);
        return ClientResults.Json(
            new Page<OperationItem>(rows.Total, [.. rows.Data.Select(OperationItem.Of)]),
            AuditAdminJson.Default.PageOperationItem);
    }

    // Reaches the device with its next heartbeat, every 3 s while it is connected. One that has ended is ended.
    private static async Task<IResult> DisconnectAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, AuditLists lists, DeviceCommands commands,
        ConsoleLog log, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)
            || await lists.FindConnectionAsync(db, user, wanted, cancellationToken) is not { } row)
        {
            return Problem.NotFound("connection");
        }

        if (row.EndedAt is not null) return ClientResults.Empty;
        if (row.DeviceGuid is not { } device) return Problem.NotFound("device any more");
        log.Add(db, context, ConsoleOperation.Disconnect, row.DeviceId,
            ("conn_id", row.ConnId.ToString(CultureInfo.InvariantCulture)), ("local", row.PeerId),
            ("local_user", row.UserName), ("reason", ReasonOf(context)));
        return await commands.DisconnectAsync(db, device, [row.ConnId], user.Name, cancellationToken)
            ? ClientResults.Empty : Problem.NotFound("device any more");
    }

    private static string? ReasonOf(HttpContext context) =>
        context.Request.Query["reason"].ToString().Trim() is { Length: > 0 } reason ? reason : null;

    private static IEndpointConventionBuilder Timed(this IEndpointConventionBuilder route) => route
        .Query("guid", "One row.").Query("ip", "A part of the address that it came from.")
        .Query("created_at", "Only at this time or later, UTC: 2026-05-04 08:00:00.")
        .Query("until", "Only before this time.").Query("format", "csv or jsonl: all that match, as a file.")
        .Query("columns", "Of the file: these columns besides the guid, in this order.");

    /// <summary>What a query narrows a list to; or why it does not.</summary>
    internal static (AuditFilter? Filter, IResult? Refusal) Filter(
        HttpContext context, CurrentUser user, SettingsStore settings)
    {
        // A role beats the switch, for what it reaches (admin reference §6.4, §6.7).
        if (!user.May(AdminRight.AuditView) && settings.Get(AuditSettings.Key).AdminsOnly)
        {
            return (null, ClientResults.Error(403, "Only administrators see the logs."));
        }

        var query = context.Request.Query;
        var filter = new AuditFilter
        {
            Remote = query["remote"].ToString(), Device = query["device"].ToString(),
            Operator = query["operator"].ToString(),
            Types = KindKeys.Select(Numbers).FirstOrDefault(n => n.Length > 0) ?? [],
            States = [.. query["state"].Select(AlarmStates.Parse).OfType<AlarmState>().Distinct()],
            Operations = Numbers("iop"),
            Open = query["open"].ToString() switch { "1" => true, "0" => false, _ => null },
            Text = query["q"].ToString(), Address = query["ip"].ToString(), Note = query["note"].ToString(),
            Path = query["path"].ToString(), What = query["what"].ToString(), Via = query["via"].ToString(),
            IsRelayed = PathOf(query["path"].ToString()), Relay = query["relay"].ToString(),
            Auths = Numbers("primary_auth"), Factors = Numbers("two_factor"),
            // A year is longer than any connection.
            DeviceGroup = query["device_group"].ToString(),
            Now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime,
            Longer = Numbers("longer") is [var seconds, ..] ? Math.Clamp(seconds, 0, 31_536_000) : null,
            Guid = Guid.TryParse(query["guid"].ToString(), out var guid) ? guid : null,
        };
        foreach (var (key, isStart) in new[] { ("created_at", true), ("until", false) })
        {
            var text = query[key].ToString();
            if (text.Length == 0) continue;
            if (!WireTime.TryParse(text, out var time))
            {
                return (null, ClientResults.Error(200, $"{key} is not a time like 2026-05-04 08:00:00."));
            }

            filter = isStart ? filter with { Since = time } : filter with { Until = time };
        }

        return (filter, null);

        int[] Numbers(string key) => [.. query[key].Select(text => int.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (int?)null)
            .OfType<int>().Distinct().Take(MostValues)];
    }

    // Nullable twice: not asked for, and asked for those of which it is not known.
    private static (bool IsAsked, bool? Value) PathOf(string word) => word switch
    {
        "direct" => (true, false), "relayed" => (true, true), "unknown" => (true, null), _ => default,
    };

    // Whoever takes the logs along is in them.
    private static Task<int> TellAsync(
        HttpContext context, HawserDb db, ConsoleLog log, string list, CancellationToken cancellationToken) =>
        log.ExportedAsync(db, context, ConsoleOperation.ExportAudit, list, cancellationToken);

    // Page after page, so that no statement runs as long as a slow reader reads.
    private static async IAsyncEnumerable<string?[]> All(Func<PageQuery, Task<List<string?[]>>> read)
    {
        for (var page = 1; ; page++)
        {
            var rows = await read(new PageQuery(page, CsvAtOnce));
            foreach (var row in rows) yield return row;
            if (rows.Count < CsvAtOnce) yield break;
        }
    }

    private static async Task<Dictionary<Guid, string>> NamesAsync(
        HawserDb db, IEnumerable<Guid?> devices, CancellationToken cancellationToken)
    {
        var guids = devices.OfType<Guid>().Distinct().ToArray();
        return await db.DeviceDetails.AsNoTracking().Where(d => guids.Contains(d.DeviceGuid)).ToDictionaryAsync(
            d => d.DeviceGuid, d => d.NameOverride.Length > 0 ? d.NameOverride : d.Hostname, cancellationToken);
    }

    private static string Name(Dictionary<Guid, string> names, Guid? device) =>
        device is { } guid ? names.GetValueOrDefault(guid, "") : "";

    private static string?[] Cells(ConnectionItem i) =>
    [
        i.Guid, Text(i.CreatedAt), Text(i.EndTime), i.Remote, i.Local, i.LocalUser, Text(i.ConnType), i.Info.Ip,
        i.Info.Name, Text(i.PrimaryAuth), Text(i.TwoFactor), i.Note, i.Path,
        i.Relay,
    ];

    private static string?[] Cells(FileItem i) =>
    [
        i.Guid, Text(i.CreatedAt), i.Remote, i.Local, Text(i.Type), i.Path, i.IsFile ? "1" : "0", Text(i.Info.Num),
        i.Info.Ip, i.Info.Name,
    ];

    private static string?[] Cells(AlarmItem i) =>
        [i.Guid, Text(i.CreatedAt), i.Device, Text(i.Typ), i.Info.GetRawText(), i.State, i.Note];

    private static string?[] Cells(OperationItem i) =>
    [
        i.Guid, Text(i.Sequence), Text(i.CreatedAt), i.Operator, Text(i.Typ), Text(i.Iop), i.Action, i.Ip,
        i.Info.GetRawText(),
    ];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
