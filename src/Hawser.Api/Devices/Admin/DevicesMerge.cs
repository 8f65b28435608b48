using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/devices/{guid}/merge</c>: makes two rows of one machine one. Administrators only: what moves is in books and
/// rules that no role reaches. Ours.
/// </summary>
internal static class DevicesMerge
{
    private const string Path = "/api/devices/{guid}/merge";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, PreviewAsync).ForAdmins(Area.Device, write: false)
            .WithSummary("What the device would get from another one that is merged into it.")
            .Query("other", "The other device's guid.").Answers<MergePreview>();
        routes.MapPost(Path, MergeAsync).AfterStepUp().ForAdmins(Area.Device, write: true)
            .WithSummary("Merges another device into this one: its sessions, recordings, books, groups and rules move "
                + "here, and its row is gone.")
            .Reads<MergeBody>(MergeBody.Example).AnswersNothing();
    }

    private static async Task<IResult> PreviewAsync(
        HttpContext context, string guid, HawserDb db, DevicePresence presence, CancellationToken cancellationToken)
    {
        var other = context.Request.Query["other"].ToString();
        var (pair, refusal) = await FindAsync(db, guid, Guid.TryParse(other, out var goes) ? goes : null,
            cancellationToken);
        if (pair is not var (stays, gone)) return refusal!;
        var counts = await DeviceMerge.CountAsync(db, stays, gone, cancellationToken);
        return ClientResults.Json(
            counts with { IsOtherOnline = presence.IsOnline(gone.Id) }, MergeJson.Default.MergePreview);
    }

    private static async Task<IResult> MergeAsync(
        HttpContext context, string guid, HawserDb db, DevicePresence presence, ApiParts parts, ConsoleLog log,
        DeviceHints hints, StrategyEpoch epoch, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, MergeJson.Default.MergeBody);
        if (body is null) return error!;
        if (body.Reason is { Length: > 500 }) return Problem.Invalid("A reason has at most 500 characters.", "reason");
        var (pair, refusal) = await FindAsync(db, guid, body.Other, cancellationToken);
        if (pair is not var (stays, goes)) return refusal!;
        // Its machine would be back within seconds, as a device of its own.
        if (presence.IsOnline(goes.Id))
        {
            return Problem.Conflict("The device that goes is online; merge the other way round.", "online");
        }

        await using (var change = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var moved = await DeviceMerge.CountAsync(db, stays, goes, cancellationToken);
            log.Add(db, context, ConsoleOperation.MergeDevices, [stays.Id, goes.Id], ("reason", body.Reason),
                ("gone_guid", goes.Guid.ToString()), ("sessions", Text(moved.Sessions)), ("files", Text(moved.Files)),
                ("recordings", Text(moved.Recordings)), ("books", Text(moved.Books + moved.BooksTwice)),
                ("rules", Text(moved.Rules)), ("device_groups", string.Join(", ", moved.Groups)));
            await DeviceMerge.RunAsync(db, stays, goes, time.GetUtcNow().UtcDateTime, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }

        await epoch.BumpAsync(db, cancellationToken);
        hints.Changed(goes.Id);
        hints.Changed(stays.Id);
        parts.Feed.Publish(new LiveEvent("device-deleted", goes.Id));
        return ClientResults.Empty;
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static async Task<((Device Stays, Device Goes)? Pair, IResult? Refusal)> FindAsync(
        HawserDb db, string guid, Guid? other, CancellationToken cancellationToken)
    {
        if (other is not { } goes)
        {
            return (null, Problem.Invalid("other says which device is merged into it.", "other"));
        }

        var stays = Guid.TryParse(guid, out var wanted)
            ? await db.Devices.FindAsync([wanted], cancellationToken) : null;
        if (stays is null) return (null, Problem.NotFound("device"));
        if (goes == wanted) return (null, Problem.Invalid("A device can't be merged with itself.", "other"));
        var gone = await db.Devices.FindAsync([goes], cancellationToken);
        return gone is null ? (null, Problem.NotFound("other device")) : ((stays, gone), null);
    }
}

/// <summary>What a device would get from another one.</summary>
internal sealed record MergePreview
{
    [JsonPropertyName("sessions")]
    public required int Sessions { get; init; }

    [JsonPropertyName("files")]
    public required int Files { get; init; }

    [JsonPropertyName("alarms")]
    public required int Alarms { get; init; }

    [JsonPropertyName("recordings")]
    public required int Recordings { get; init; }

    /// <summary>Address books in which it takes the other one's place.</summary>
    [JsonPropertyName("books")]
    public required int Books { get; init; }

    /// <summary>Address books that have both: the other one's entry goes to the book's bin.</summary>
    [JsonPropertyName("books_with_both")]
    public required int BooksTwice { get; init; }

    /// <summary>Device groups that it joins.</summary>
    [JsonPropertyName("device_groups")]
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The owner it gets; empty: that stays as it is.</summary>
    [JsonPropertyName("user_name")]
    public required string Owner { get; init; }

    /// <summary>The strategy it gets; empty: that stays as it is.</summary>
    [JsonPropertyName("strategy_name")]
    public required string Strategy { get; init; }

    /// <summary>Access rules that name it from then on.</summary>
    [JsonPropertyName("rules")]
    public required int Rules { get; init; }

    /// <summary>The other one is online, and can't go.</summary>
    [JsonPropertyName("other_online")]
    public bool IsOtherOnline { get; init; }
}

/// <summary>Which device is merged into it.</summary>
internal sealed record MergeBody
{
    internal const string Example =
        """{"other":"0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11","reason":"set up anew after a disk failed"}""";

    /// <summary>The one that goes.</summary>
    [JsonPropertyName("other")]
    public Guid? Other { get; init; }

    /// <summary>Why; for the log.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(MergePreview))]
[JsonSerializable(typeof(MergeBody))]
internal sealed partial class MergeJson : JsonSerializerContext;
