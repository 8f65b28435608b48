using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Access.Admin;

/// <summary>
/// <c>/api/access/blocked</c>: addresses from where nobody is introduced to a device or signs in; what an alarm names
/// is blocked here. Part of the setting <c>access</c>. Ours.
/// </summary>
internal static class BlockedSources
{
    private const string Path = "/api/access/blocked";
    private const string Example = """{"addresses":["203.0.113.7","198.51.100.0/24"]}""";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).ForAdmins(Area.Access, write: false, AdminRight.AccessView)
            .WithSummary("Addresses from where nobody is introduced to a device or signs in.")
            .Answers<BlockedSourceList>();
        routes.MapPost(Path, AddAsync).ForAdmins(Area.Access, write: true, AdminRight.AccessEdit)
            .WithSummary("Refuses whoever comes from some addresses; one's own can't be blocked.")
            .Reads<BlockedSourceList>(Example).Answers<BlockedSourceList>();
        routes.MapPost(Path + "/remove", RemoveAsync).ForAdmins(Area.Access, write: true, AdminRight.AccessEdit)
            .WithSummary("Lets people from some addresses in again.")
            .Reads<BlockedSourceList>(Example).Answers<BlockedSourceList>();
    }

    private static IResult List(CurrentUser user, SettingsStore settings) =>
        user.MayEverywhere(AdminRight.AccessView) ? Answer(settings) : Problem.Forbidden;

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (!user.MayEverywhere(AdminRight.AccessEdit)) return Problem.Forbidden;
        var (body, error) = await OwnBody.ReadAsync(context, BlockedSourcesJson.Default.BlockedSourceList);
        if (body is null) return error!;
        if (!AddressList.TryParse((body.Addresses ?? []).OfType<string>(), out var list, out var bad))
        {
            return Problem.Invalid($"\"{bad}\" is neither an address nor a network like 192.168.0.0/16.", "addresses");
        }

        if (list.IsEmpty) return Problem.Invalid("addresses says what is blocked.", "addresses");
        if (context.Connection.RemoteIpAddress is { } own && list.Contains(PeerAddress.From(own, 0)))
        {
            return Problem.Conflict("That is where you come from; you could not take it back.", "own_address");
        }

        var before = settings.Get(AccessSettings.Key);
        IReadOnlyList<string> after = [.. before.BlockedAddresses.Union(list.Entries, StringComparer.Ordinal)];
        if (after.Count > AccessSettings.MostBlocked)
        {
            return Problem.Conflict($"At most {AccessSettings.MostBlocked} addresses can be blocked.", "full");
        }

        var next = before with { BlockedAddresses = after };
        if (settings.Refusal(AccessSettings.Key, next) is { } pinned) return pinned;
        log.Add(db, context, ConsoleOperation.BlockSource, list.Entries);
        await db.SaveChangesAsync(cancellationToken);
        await settings.SetAsync(AccessSettings.Key, next, cancellationToken);
        return Answer(settings);
    }

    private static async Task<IResult> RemoveAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (!user.MayEverywhere(AdminRight.AccessEdit)) return Problem.Forbidden;
        var (body, error) = await OwnBody.ReadAsync(context, BlockedSourcesJson.Default.BlockedSourceList);
        if (body is null) return error!;
        var freed = (body.Addresses ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var before = settings.Get(AccessSettings.Key);
        var gone = before.BlockedAddresses.Where(freed.Contains).ToList();
        // Asked twice is asked once.
        if (gone.Count == 0) return Answer(settings);
        var next = before with { BlockedAddresses = [.. before.BlockedAddresses.Where(a => !freed.Contains(a))] };
        if (settings.Refusal(AccessSettings.Key, next) is { } pinned) return pinned;
        log.Add(db, context, ConsoleOperation.UnblockSource, gone);
        await db.SaveChangesAsync(cancellationToken);
        await settings.SetAsync(AccessSettings.Key, next, cancellationToken);
        return Answer(settings);
    }

    private static IResult Answer(SettingsStore settings) => ClientResults.Json(
        new BlockedSourceList { Addresses = settings.Get(AccessSettings.Key).BlockedAddresses },
        BlockedSourcesJson.Default.BlockedSourceList);
}

/// <summary>Addresses and networks.</summary>
internal sealed record BlockedSourceList
{
    [JsonPropertyName("addresses")]
    public IReadOnlyList<string?>? Addresses { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(BlockedSourceList))]
internal sealed partial class BlockedSourcesJson : JsonSerializerContext;
