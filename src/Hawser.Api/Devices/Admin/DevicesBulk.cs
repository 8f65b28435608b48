using System.Text.Json.Serialization;
using Hawser.Api.Groups;
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
    };

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/devices/bulk", StartAsync).ForAdmins(Area.Device, write: true)
            .WithSummary("Does something to many devices, as a job; an Idempotency-Key makes it one job.")
            .Reads<DevicesBulkBody>(DevicesBulkBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, DeviceReach reach, Secrets secrets, JobDesk desk,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DevicesBulkJson.Default.DevicesBulkBody, 2 << 20);
        if (body is null) return error!;
        if (!Kinds.TryGetValue(body.Action ?? "", out var kind))
        {
            return Problem.Invalid("action is enable, disable, assign, delete or refresh.", "action");
        }

        if ((body.Guids is null) == (body.Query is null))
        {
            return Problem.Invalid("Either guids or query says which devices.", "guids");
        }

        var args = new Dictionary<string, string>(StringComparer.Ordinal) { ["by"] = user.Name };
        if (kind == DeviceAssignJob.KindName)
        {
            (args["type"], args["value"]) = (body.Type ?? "", body.Value ?? "");
            // A device that is not there says what is wrong with the names before there is a job.
            var now = time.GetUtcNow().UtcDateTime;
            var nobody = new Device(Guid.CreateVersion7(), "1000000", [0], new byte[Device.KeyLength], now);
            var complaint = await DevicesAdmin.ApplyAsync(
                new DeviceAssignments(db, secrets, now), (nobody, new DeviceDetails()), args["type"], args["value"],
                cancellationToken);
            db.ChangeTracker.Clear();
            if (complaint is not null) return Problem.Invalid(complaint, "value");
        }

        var items = body.Guids is { } guids
            ? guids.Distinct().Select(g => g.ToString()).ToList()
            : await MatchingAsync(db, user, reach, body.Query!, cancellationToken);
        if (items.Count == 0) return Problem.Invalid("There is no device to do this to.", "guids");
        return await desk.StartAsync(
            context, db, kind, new JobRequest { Args = args, Items = items }, cancellationToken);
    }

    // What the list would show for the same query at this moment.
    private static async Task<List<string>> MatchingAsync(
        HawserDb db, CurrentUser user, DeviceReach reach, string query, CancellationToken cancellationToken)
    {
        var asked = new DefaultHttpContext();
        asked.Request.QueryString = new QueryString(query.StartsWith('?') ? query : "?" + query);
        var devices = (await reach.OfAsync(db, user, cancellationToken)).Devices;
        var guids = await DeviceRow.Filter(DeviceRow.Of(db, user, devices), asked).OrderBy(r => r.Id)
            .Select(r => r.Guid).Take(JobDesk.MostItems + 1).ToListAsync(cancellationToken);
        return guids.ConvertAll(g => g.ToString());
    }
}

/// <summary>What is done to many devices.</summary>
internal sealed record DevicesBulkBody
{
    internal const string Example = """
        {"action":"assign","type":"device_group_name","value":"Tills","query":"device_group_name=-&os=Windows%25"}
        """;

    /// <summary>enable, disable, assign, delete or refresh.</summary>
    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>Which devices.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Or all that the list of devices shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>assign: as for one device.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>assign: as for one device.</summary>
    [JsonPropertyName("value")]
    public string? Value { get; init; }
}

/// <summary>What this route reads.</summary>
[JsonSerializable(typeof(DevicesBulkBody))]
internal sealed partial class DevicesBulkJson : JsonSerializerContext;
