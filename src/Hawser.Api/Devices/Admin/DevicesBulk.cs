using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
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
/// <c>/api/devices/bulk</c>: the same for many devices, as a job: those named, or all that match what a list would
/// show. Ours.
/// </summary>
internal static class DevicesBulk
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["enable"] = "devices.enable", ["disable"] = "devices.disable", ["assign"] = DeviceAssignJob.KindName,
        ["delete"] = DeviceDeleteJob.KindName, ["refresh"] = DeviceRefreshJob.KindName,
        ["disconnect"] = DeviceDisconnectJob.KindName,
    };

    private const AdminRight Delegated =
        DeviceEdits.Assigning | AdminRight.DevicesEnable | AdminRight.DevicesDelete | AdminRight.AuditEdit;

    private const int MostReason = 300;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/devices/bulk", StartAsync).ForAdmins(Area.Device, write: true, Delegated)
            .WithSummary("Does something to many devices, as a job; an Idempotency-Key makes it one job.")
            .Reads<DevicesBulkBody>(DevicesBulkBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);

    /// <summary>Whether a right reaches each of some devices; administrators reach what is not there, too.</summary>
    internal static async Task<bool> ReachesAllAsync(
        HawserDb db, CurrentUser user, AdminRight right, IReadOnlyCollection<Guid> guids,
        CancellationToken cancellationToken)
    {
        if (user.IsAdmin) return true;
        if (!user.May(right)) return false;
        var (wanted, found) = (guids.ToHashSet(), 0);
        foreach (var some in wanted.Chunk(500))
        {
            found += await AdminScope.Devices(db, user, right).CountAsync(
                d => some.Contains(d.Guid), cancellationToken);
        }

        return found == wanted.Count;
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, Secrets secrets, JobDesk desk, DevicePresence presence,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DevicesBulkJson.Default.DevicesBulkBody, 2 << 20);
        if (body is null) return error!;
        if (!Kinds.TryGetValue(body.Action ?? "", out var kind))
        {
            return Problem.Invalid("action is enable, disable, assign, delete, refresh or disconnect.", "action");
        }

        if (AskedAgain.Refusal(body.Guids, body.Query, body.AsOf, "devices") is { } unclear) return unclear;
        var right = RightFor(kind, body.Type ?? "");
        if (!user.May(right)) return Problem.Forbidden;
        var args = new Dictionary<string, string>(StringComparer.Ordinal) { ["by"] = user.Name };
        if (kind == DeviceDeleteJob.KindName) args[DeviceDeleteJob.ByGuid] = user.Guid.ToString();
        if (kind == DeviceDeleteJob.KindName && !user.IsAdmin) args[DeviceDeleteJob.OnlyDisabled] = "1";
        if (kind == DeviceDisconnectJob.KindName) args["reason"] = AuditText.Clean(body.Reason ?? "", MostReason);
        if (kind == DeviceAssignJob.KindName)
        {
            (args["type"], args["value"]) = (body.Type ?? "", body.Value ?? "");
            var now = time.GetUtcNow().UtcDateTime;
            if (await ComplaintAsync(db, secrets, args, now, cancellationToken) is { } complaint)
            {
                return Problem.Invalid(complaint, "value");
            }
        }

        var items = body.Guids is { } guids ? [.. guids.Distinct()]
            : await MatchingAsync(
                db, user, right, (body.Query!, presence, time), AskedAgain.Until(body.AsOf), cancellationToken);
        if (items.Count == 0) return Problem.Invalid("There is no device to do this to.", "guids");
        if (AskedAgain.CountRefusal(body.Expected, items.Count, "devices") is { } others) return others;

        if (body.Guids is not null && !await ReachesAllAsync(db, user, right, items, cancellationToken))
        {
            return Problem.NotFound("device for you to do this to, at least one of them");
        }

        var request = new JobRequest { Args = args, Items = items.ConvertAll(g => g.ToString()) };
        return await desk.StartAsync(context, db, kind, request, cancellationToken);
    }

    /// <summary>The right that a job of some kind needs.</summary>
    internal static AdminRight RightFor(string kind, string type) => kind switch
    {
        DeviceAssignJob.KindName => DevicesAdmin.RightFor(type),
        DeviceDeleteJob.KindName => AdminRight.DevicesDelete,
        DeviceRefreshJob.KindName => AdminRight.DevicesInfo,
        DeviceDisconnectJob.KindName => AdminRight.AuditEdit,
        _ => AdminRight.DevicesEnable,
    };

    // A device that is not there says what is wrong with the names before there is a job.
    private static async Task<string?> ComplaintAsync(
        HawserDb db, Secrets secrets, Dictionary<string, string> args, DateTime now,
        CancellationToken cancellationToken)
    {
        var nobody = new Device(Guid.CreateVersion7(), "1000000", [0], new byte[Device.KeyLength], now);
        var complaint = await DevicesAdmin.ApplyAsync(
            new DeviceAssignments(db, secrets, now), (nobody, new DeviceDetails()), args["type"], args["value"],
            cancellationToken);
        db.ChangeTracker.Clear();
        return complaint;
    }

    // What the list would show for the same query at this moment, as far as the right reaches, without what was added
    // since it was read.
    private static async Task<List<Guid>> MatchingAsync(
        HawserDb db, CurrentUser user, AdminRight right,
        (string Text, DevicePresence Presence, TimeProvider Time) query, DateTime? asOf,
        CancellationToken cancellationToken)
    {
        var asked = AskedAgain.Of(query.Text);
        var devices = AdminScope.Devices(db, user, right).AsNoTracking();
        var rows = await DeviceRow.FilterAsync(
            db, user, DeviceRow.Of(db, user, devices), asked, (query.Presence, query.Time), cancellationToken);
        if (asOf is { } read) rows = rows.Where(r => r.CreatedAt <= read);
        return await rows.OrderBy(r => r.Id)
            .Select(r => r.Guid).Take(JobDesk.MostItems + 1).ToListAsync(cancellationToken);
    }
}

/// <summary>What is done to many devices.</summary>
internal sealed record DevicesBulkBody
{
    internal const string Example = """
        {"action":"assign","type":"device_group_name","value":"Tills","query":"device_group_name=-&os=Windows%25",
        "expected":240,"as_of":1772447400000}
        """;

    /// <summary>enable, disable, assign, delete, refresh or disconnect.</summary>
    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>Which devices.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Or all that the list of devices shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>How many devices the caller saw; when there are others by now, nothing is begun.</summary>
    [JsonPropertyName("expected")]
    public int? Expected { get; init; }

    /// <summary>When the list was read, in milliseconds, as it said: what was added later is left alone.</summary>
    [JsonPropertyName("as_of")]
    public long? AsOf { get; init; }

    /// <summary>assign: as for one device.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>assign: as for one device.</summary>
    [JsonPropertyName("value")]
    public string? Value { get; init; }

    /// <summary>disconnect: why; for the log.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary>What this route reads.</summary>
[JsonSerializable(typeof(DevicesBulkBody))]
internal sealed partial class DevicesBulkJson : JsonSerializerContext;
