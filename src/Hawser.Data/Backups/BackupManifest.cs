using System.Text.Json.Serialization;

namespace Hawser.Data.Backups;

/// <summary>The first entry of an archive: what is in it.</summary>
internal sealed record BackupManifest
{
    internal const string FileName = "manifest.json";

    internal const string CountsName = "counts.json";

    internal const int CurrentFormat = 1;

    /// <summary>Raised when an older program could not read it.</summary>
    [JsonPropertyName("format")]
    public int Format { get; init; }

    /// <summary>The program that made it.</summary>
    [JsonPropertyName("hawser")]
    public string Version { get; init; } = "";

    /// <summary>UTC.</summary>
    [JsonPropertyName("createdAt")]
    public DateTime CreatedAt { get; init; }

    /// <summary>Where the rows came from: sqlite or postgres. They fit both.</summary>
    [JsonPropertyName("engine")]
    public string Engine { get; init; } = "";

    /// <summary>The names of each table's columns, in the order of the values.</summary>
    [JsonPropertyName("tables")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tables { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
internal sealed partial class BackupJson : JsonSerializerContext;
