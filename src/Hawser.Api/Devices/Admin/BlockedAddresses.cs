using System.Net;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/devices/blocked</c>: addresses from where no new device is taken, whether new devices wait or not. Devices
/// that are known go on from there. Part of the setting <c>devices</c>. Ours.
/// </summary>
internal static class BlockedAddresses
{
    private const string Path = "/api/devices/blocked";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).ForAdmins(Area.Device, write: false, AdminRight.DevicesView)
            .WithSummary("Addresses from where no new device is taken.").Answers<BlockedReply>();
        routes.MapPost(Path, AddAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Takes no new device from some addresses, or from where some machines ask that wait.")
            .Reads<BlockBody>(BlockBody.Example).Answers<BlockedReply>();
        routes.MapPost(Path + "/remove", RemoveAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Takes new devices from some addresses again.")
            .Reads<BlockBody>("""{"addresses":["203.0.113.7"]}""").Answers<BlockedReply>();
    }

    private static IResult List(CurrentUser user, SettingsStore settings) =>
        user.MayUnassigned(AdminRight.DevicesView) ? Answer(settings) : Problem.Forbidden;

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, ConsoleLog log, ApiParts parts,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, BlockedJson.Default.BlockBody);
        if (body is null) return error!;
        if (!user.MayUnassigned(AdminRight.DevicesEnable)) return Problem.Forbidden;
        var guids = (body.Guids ?? []).Distinct().Take(DeviceSettings.MostBlocked).ToArray();
        var asking = await db.DeviceClaims.AsNoTracking().Where(c => guids.Contains(c.Guid)).Select(c => c.Address)
            .Distinct().OrderBy(a => a).ToListAsync(cancellationToken);
        List<string> wanted = [.. (body.Addresses ?? []).OfType<string>(), .. asking.Select(NetworkOf)];
        if (!AddressList.TryParse(wanted, out var list, out var bad))
        {
            return Problem.Invalid($"\"{bad}\" is neither an address nor a network like 192.168.0.0/16.", "addresses");
        }

        if (list.IsEmpty) return Problem.Invalid("Either addresses or guids says what is blocked.", "addresses");
        var before = settings.Get(DeviceSettings.Key);
        IReadOnlyList<string> after = [.. before.BlockedAddresses.Union(list.Entries, StringComparer.Ordinal)];
        if (after.Count > DeviceSettings.MostBlocked)
        {
            return Problem.Conflict($"At most {DeviceSettings.MostBlocked} addresses can be blocked.", "full");
        }

        var next = before with { BlockedAddresses = after };
        if (settings.Refusal(DeviceSettings.Key, next) is { } pinned) return pinned;
        log.Add(db, context, ConsoleOperation.BlockAddress, list.Entries);
        await db.SaveChangesAsync(cancellationToken);
        await settings.SetAsync(DeviceSettings.Key, next, cancellationToken);
        await ForgetAsync(db, list, cancellationToken);
        parts.Feed.Publish(new Cluster.LiveEvent("device-claim", "*"));
        return Answer(settings);
    }

    private static async Task<IResult> RemoveAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, BlockedJson.Default.BlockBody);
        if (body is null) return error!;
        if (!user.MayUnassigned(AdminRight.DevicesEnable)) return Problem.Forbidden;
        var freed = (body.Addresses ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var before = settings.Get(DeviceSettings.Key);
        var gone = before.BlockedAddresses.Where(freed.Contains).ToList();
        // Asked twice is asked once.
        if (gone.Count == 0) return Answer(settings);
        var next = before with { BlockedAddresses = [.. before.BlockedAddresses.Where(a => !freed.Contains(a))] };
        if (settings.Refusal(DeviceSettings.Key, next) is { } pinned) return pinned;
        log.Add(db, context, ConsoleOperation.UnblockAddress, gone);
        await db.SaveChangesAsync(cancellationToken);
        await settings.SetAsync(DeviceSettings.Key, next, cancellationToken);
        return Answer(settings);
    }

    private static IResult Answer(SettingsStore settings) => ClientResults.Json(
        new BlockedReply(settings.Get(DeviceSettings.Key).BlockedAddresses), BlockedJson.Default.BlockedReply);

    // Nobody decides about them any more; a few thousand rows at most.
    private static async Task ForgetAsync(HawserDb db, AddressList list, CancellationToken cancellationToken)
    {
        var addresses = await db.DeviceClaims.Where(c => c.State == ClaimState.Waiting).Select(c => c.Address)
            .Distinct().ToListAsync(cancellationToken);
        var blocked = addresses.Where(a => IPAddress.TryParse(a, out var ip) && list.Contains(PeerAddress.From(ip, 0)));
        foreach (var some in blocked.Chunk(500))
        {
            await db.DeviceClaims.Where(c => c.State == ClaimState.Waiting && some.Contains(c.Address))
                .ExecuteDeleteAsync(cancellationToken);
        }
    }

    // One subscriber owns at least a /64.
    private static string NetworkOf(string address) =>
        IPAddress.TryParse(address, out var ip) && PeerAddress.From(ip, 0) is { IsIPv4: false } v6
            ? $"{v6.BudgetKey}/64" : address;
}

/// <summary>From where no new device is taken.</summary>
/// <param name="Addresses">Addresses and networks.</param>
internal sealed record BlockedReply([property: JsonPropertyName("addresses")] IReadOnlyList<string> Addresses);

/// <summary>What is blocked, or is not any more.</summary>
internal sealed record BlockBody
{
    internal const string Example = """{"guids":["0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11"]}""";

    /// <summary>Addresses, or networks like 192.168.0.0/16.</summary>
    [JsonPropertyName("addresses")]
    public IReadOnlyList<string?>? Addresses { get; init; }

    /// <summary>Machines that wait: the addresses they ask from; of IPv6 the whole /64.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(BlockedReply))]
[JsonSerializable(typeof(BlockBody))]
internal sealed partial class BlockedJson : JsonSerializerContext;
