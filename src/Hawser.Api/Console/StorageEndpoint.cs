using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Console;

/// <summary>
/// <c>/api/console/storage</c>: where this node keeps recordings, how much room there is, and whether it can be
/// written.
/// </summary>
internal static class StorageEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        routes.MapGet(path, ShowAsync).ForAdmins(Area.Setting, write: false)
            .WithSummary("Where this node keeps recordings, and how much room there is.").Answers<RecordingSpace>();
        routes.MapPost(path + "/test", TryAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("Writes a small file where recordings are kept, reads it again and deletes it.")
            .ReadsNothing().Answers<StorageTrial>();
    }

    private static async Task<IResult> ShowAsync(ApiParts parts, CancellationToken cancellationToken) =>
        parts.Storage is { } describe && await describe(cancellationToken) is { } space
            ? ClientResults.Json(space, StorageJson.Default.RecordingSpace) : Problem.NotFound("recorder on this node");

    private static async Task<IResult> TryAsync(ApiParts parts, CancellationToken cancellationToken) =>
        parts.TryStorage is { } trial && await trial(cancellationToken) is { } reply
            ? ClientResults.Json(reply, StorageJson.Default.StorageTrial) : Problem.NotFound("recorder on this node");
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RecordingSpace))]
[JsonSerializable(typeof(StorageTrial))]
internal sealed partial class StorageJson : JsonSerializerContext;
