using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Console;

/// <summary>
/// <c>GET /api/console/options</c>: what this node was started with and where that was written. Nothing changes it but
/// who wrote it there.
/// </summary>
internal static class OptionsEndpoint
{
    public static IResult Handle(ApiParts parts) =>
        ClientResults.Json(parts.Options?.Invoke() ?? [], OptionsJson.Default.IReadOnlyListOptionFact);
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<OptionFact>))]
internal sealed partial class OptionsJson : JsonSerializerContext;
