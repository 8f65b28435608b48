using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Relays;

/// <summary><c>GET /api/relays</c>: the relays that this node hands out, and how they are doing. Ours.</summary>
internal static class RelaysApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/relays", List).ForAdmins(Area.Setting, write: false)
            .WithSummary("The relays that this node knows, and how they are doing; not paged.")
            .Answers<IReadOnlyList<RelayItem>>();

    private static IResult List(ApiParts parts)
    {
        IReadOnlyList<RelayItem> items = [.. (parts.Relays?.Invoke() ?? []).Select(RelayItem.Of)];
        return ClientResults.Json(items, RelaysJson.Default.IReadOnlyListRelayItem);
    }
}

/// <summary>A relay.</summary>
/// <param name="Address">As clients are told.</param>
/// <param name="State">healthy, draining or down.</param>
/// <param name="Pairs">Pairs that it carries now; 0 when it does not say.</param>
/// <param name="BytesPerSecond">What it moves now; 0 when it does not say.</param>
internal sealed record RelayItem(
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("pairs")] int Pairs,
    [property: JsonPropertyName("bytes_per_second")] long BytesPerSecond)
{
    public static RelayItem Of(RelayStatus relay) => new(
        relay.Address, relay.Draining ? "draining" : relay.Healthy ? "healthy" : "down", relay.Pairs,
        relay.BytesPerSecond);
}

/// <summary>What this slice writes.</summary>
[JsonSerializable(typeof(IReadOnlyList<RelayItem>))]
internal sealed partial class RelaysJson : JsonSerializerContext;
