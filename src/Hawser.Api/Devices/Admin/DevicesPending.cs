using System.Globalization;
using System.Security.Cryptography;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/devices/pending</c>: machines that asked to be let in while new devices wait for approval. They are nobody's
/// and in no group, so that only whose right reaches such devices sees them. Ours.
/// </summary>
internal static class DevicesPending
{
    private const string Path = "/api/devices/pending";

    private static readonly Sorts<DeviceClaim> Orders = new Sorts<DeviceClaim>("-first_seen")
        .Add("first_seen", c => c.FirstSeenAt).Add("last_seen", c => c.LastSeenAt).Add("id", c => c.DeviceId)
        .Add("device_name", c => c.Hostname).Add("address", c => c.Address);

    private static readonly string[] Columns =
    [
        "guid", "id", "device_name", "address", "first_seen", "last_seen", "state", "clash", "key_fingerprint",
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForAdmins(Area.Device, write: false, AdminRight.DevicesView)
            .WithSummary("Machines that wait to be let in, the newest first.")
            .Query("q", "A part of the id, the name or the address.")
            .Query("state", "waiting, which is usual, or rejected.")
            .Query("sort", "first_seen, last_seen, id, device_name or address.")
            .Query("format", "csv or jsonl: all that match, as a file.").Answers<Page<PendingItem>>();
        routes.MapPost(Path + "/approve", ApproveAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Lets machines in, into groups, to an owner, with a strategy, as a job.")
            .Reads<ApproveBody>(ApproveBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
        routes.MapPost(Path + "/reject", RejectAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Has machines stay outside, as a job; they are not asked about again.")
            .Reads<ClaimsBody>(ClaimsBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
        routes.MapPost(Path + "/wait", WaitAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Takes back that machines were rejected, as a job.")
            .Reads<ClaimsBody>(ClaimsBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
    }

    /// <summary>The claims that a list shows.</summary>
    private static IQueryable<DeviceClaim> Shown(HawserDb db, HttpContext context) => db.ClaimsIn(
        context.Request.Query["state"] == "rejected" ? ClaimState.Rejected : ClaimState.Waiting).AsNoTracking()
        .Searching(context, c => c.DeviceId, c => c.Hostname, c => c.Address);

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (!user.MayUnassigned(AdminRight.DevicesView)) return Problem.Forbidden;
        var rows = Shown(db, context);
        var sorted = Orders.Apply(rows, context).ThenBy(c => c.Guid);
        if (FileOfRows.IsAsked(context))
        {
            await log.ExportedAsync(db, context, ConsoleOperation.ExportList, "devices-pending", cancellationToken);
            return new FileOfRows("devices-pending", Columns, LinesAsync(), keys: 2);
        }

        var total = await rows.CountAsync(cancellationToken);
        var some = await WithRivals(db, sorted.Skip(page.Skip).Take(page.Size)).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<PendingItem>(total, some.ConvertAll(ItemOf)), DevicesPendingJson.Default.PagePendingItem);

        async IAsyncEnumerable<string?[]> LinesAsync()
        {
            var lines = WithRivals(db, sorted).AsAsyncEnumerable().WithCancellation(cancellationToken);
            await foreach (var row in lines) yield return Cells(ItemOf(row));
        }
    }

    // What else is known of the id that each wants.
    private static IQueryable<Row> WithRivals(HawserDb db, IQueryable<DeviceClaim> claims) => claims.Select(c => new Row
    {
        Claim = c,
        Holder = db.Devices.Where(d => d.Id == c.DeviceId).Select(d => d.Uuid).FirstOrDefault(),
        HasRival = db.DeviceClaims.Any(
            o => o.DeviceId == c.DeviceId && o.Guid != c.Guid && o.State == ClaimState.Waiting),
    });

    private static PendingItem ItemOf(Row row) => new()
    {
        Guid = row.Claim.Guid,
        Id = row.Claim.DeviceId,
        DeviceName = row.Claim.Hostname,
        Address = row.Claim.Address,
        FirstSeen = WireTime.Seconds(row.Claim.FirstSeenAt),
        LastSeen = WireTime.Seconds(row.Claim.LastSeenAt),
        State = row.Claim.State == ClaimState.Rejected ? "rejected" : "waiting",
        Clash = ClashOf(row.Claim, row.Holder, row.HasRival),
        Key = Convert.ToHexStringLower(SHA256.HashData(row.Claim.PublicKey)),
    };

    private static string?[] Cells(PendingItem item) =>
    [
        item.Guid.ToString(), item.Id, item.DeviceName, item.Address,
        item.FirstSeen.ToString(CultureInfo.InvariantCulture), item.LastSeen.ToString(CultureInfo.InvariantCulture),
        item.State, item.Clash, item.Key,
    ];

    private static string ClashOf(DeviceClaim claim, byte[]? holder, bool hasRival) =>
        holder is null ? hasRival ? "rival" : ""
        : holder.AsSpan().SequenceEqual(claim.Uuid) ? "key" : "machine";

    private static async Task<IResult> ApproveAsync(
        HttpContext context, CurrentUser user, HawserDb db, Secrets secrets, JobDesk desk, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DevicesPendingJson.Default.ApproveBody, 2 << 20);
        if (body is null) return error!;
        if (!user.MayUnassigned(AdminRight.DevicesEnable) || !body.Needs().All(user.MayEverywhere))
        {
            return Problem.Forbidden;
        }

        var args = DeviceApproveJob.ArgsOf(body);
        if (await DeviceApproveJob.ComplaintAsync(db, secrets, args, time.GetUtcNow().UtcDateTime, cancellationToken)
            is var (complaint, field) && complaint is not null) return Problem.Invalid(complaint, field);
        var told = args.Select(a => (a.Key, (string?)a.Value.ReplaceLineEndings(", "))).ToArray();
        return await StartAsync(
            context, (db, desk, log), (DeviceApproveJob.KindName, ConsoleOperation.AddDevice), (body.Which, args),
            cancellationToken, told);
    }

    private static Task<IResult> RejectAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, ConsoleLog log,
        CancellationToken cancellationToken) =>
        DecideAsync(context, user, (db, desk, log), isRejected: true, cancellationToken);

    private static Task<IResult> WaitAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, ConsoleLog log,
        CancellationToken cancellationToken) =>
        DecideAsync(context, user, (db, desk, log), isRejected: false, cancellationToken);

    private static async Task<IResult> DecideAsync(
        HttpContext context, CurrentUser user, (HawserDb Db, JobDesk Desk, ConsoleLog Log) with, bool isRejected,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DevicesPendingJson.Default.ClaimsBody, 2 << 20);
        if (body is null) return error!;
        if (!user.MayUnassigned(AdminRight.DevicesEnable)) return Problem.Forbidden;
        return await StartAsync(
            context, with, (ClaimJob.NameOf(isRejected), ConsoleOperation.RejectDevice),
            (body.Which, new(StringComparer.Ordinal)), cancellationToken,
            ("state", isRejected ? "rejected" : "waiting"));
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, (HawserDb Db, JobDesk Desk, ConsoleLog Log) with,
        (string Kind, ConsoleOperation Operation) what, (WhichClaims Which, Dictionary<string, string> Args) asked,
        CancellationToken cancellationToken, params (string Name, string? Value)[] details)
    {
        var (which, args) = asked;
        if (AskedAgain.Refusal(which.Guids, which.Query, null, "machines") is { } unclear) return unclear;
        var claims = which.Guids is { } guids
            ? await NamedAsync(with.Db, [.. guids.Distinct()], cancellationToken)
            : await Shown(with.Db, AskedAgain.Of(which.Query!)).OrderBy(c => c.DeviceId).ThenBy(c => c.Guid)
                .Select(c => new KeyValuePair<Guid, string>(c.Guid, c.DeviceId)).Take(JobDesk.MostItems + 1)
                .ToListAsync(cancellationToken);
        if (claims.Count == 0) return Problem.Invalid("No such machine waits any more.", "guids");
        if (AskedAgain.CountRefusal(which.Expected, claims.Count, "machines") is { } others) return others;

        with.Log.Add(with.Db, context, what.Operation, claims.ConvertAll(c => c.Value), details);
        args["by"] = CurrentUser.Of(context).Name;
        var request = new JobRequest { Args = args, Items = claims.ConvertAll(c => c.Key.ToString()) };
        return await with.Desk.StartAsync(context, with.Db, what.Kind, request, cancellationToken);
    }

    private static async Task<List<KeyValuePair<Guid, string>>> NamedAsync(
        HawserDb db, Guid[] guids, CancellationToken cancellationToken)
    {
        var found = new List<KeyValuePair<Guid, string>>();
        foreach (var some in guids.Chunk(500))
        {
            found.AddRange(await db.DeviceClaims.AsNoTracking().Where(c => some.Contains(c.Guid))
                .OrderBy(c => c.DeviceId).ThenBy(c => c.Guid)
                .Select(c => new KeyValuePair<Guid, string>(c.Guid, c.DeviceId)).ToListAsync(cancellationToken));
        }

        return found;
    }

    private sealed record Row
    {
        public required DeviceClaim Claim { get; init; }

        public byte[]? Holder { get; init; }

        public bool HasRival { get; init; }
    }
}
