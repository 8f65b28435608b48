using System.Text.Json.Serialization;

namespace Hawser.Session.Files;

/// <summary>What was announced of a file that is not whole yet, as it lies beside it.</summary>
internal sealed record FileDigest(
    [property: JsonPropertyName("size")] ulong Size, [property: JsonPropertyName("modified")] ulong Modified);

/// <summary>Its JSON.</summary>
[JsonSerializable(typeof(FileDigest))]
internal sealed partial class FileDigestJson : JsonSerializerContext;
