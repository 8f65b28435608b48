using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit.Client;

/// <summary><c>POST /api/audit/file</c> (reference §10.5).</summary>
internal static class FileEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","nonce":"5f1d","peer_id":"123456789","conn_id":7,"type":1,
        "path":"C:\\Temp","is_file":false,"info":"{\"ip\":\"203.0.113.9\",\"num\":1,\"files\":[[\"a.txt\",12]]}"}
        """;

    /// <summary>The paths of ten files, escaped twice.</summary>
    private const int MaxBody = 256 << 10;

    /// <summary>Clients name the ten largest.</summary>
    private const int MaxFiles = 20;

    public static async Task<IResult> HandleAsync(HttpContext context, AuditWriter writer, TimeProvider time)
    {
        var body = await ClientBody.ReadAsync(context, AuditJson.Default.FileBody, MaxBody);
        if (body.Value is not { } said) return body.Error!;
        var head = ReportHead.Read(context, time, said.Id, said.Uuid, said.Nonce);
        if (head is null || said.Type is not (0 or 1))
        {
            return ClientResults.Error(400, "The report lacks what it is about.");
        }

        var info = InfoText.Parse(said.Info, AuditJson.Default.FileInfoBody) ?? new FileInfoBody();
        var row = new FileAudit
        {
            DeviceId = head.DeviceId,
            PeerId = AuditText.Clean(said.PeerId, 253),
            PeerName = AuditText.Clean(info.Name, 255),
            Address = AuditText.Clean(info.Address, 64),
            ConnId = said.ConnId,
            Direction = said.Type.Value,
            Path = AuditText.Clean(said.Path, 4096),
            IsFile = said.IsFile ?? false,
            FileCount = (int)Math.Clamp(info.Count ?? info.Files?.Length ?? 0, 0, int.MaxValue),
            Files = Listed(info.Files ?? []),
            CreatedAt = head.At,
        };
        return (await writer.StoreAsync(new FileReport(head, row))).Answer();
    }

    /// <summary>[[name, size], …] again, of what has that shape.</summary>
    private static string Listed(JsonElement[] files)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var file in files.Take(MaxFiles))
            {
                if (file.ValueKind != JsonValueKind.Array || file.GetArrayLength() < 2) continue;
                if (file[0].ValueKind != JsonValueKind.String || !InfoText.TryNumber(file[1], out var size)) continue;
                writer.WriteStartArray();
                writer.WriteStringValue(AuditText.Clean(InfoText.Of(file[0]), 1024));
                writer.WriteNumberValue(size);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}

/// <summary>The body; everything may be missing.</summary>
internal sealed record FileBody
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("uuid")]
    public string? Uuid { get; init; }

    [JsonPropertyName("nonce")]
    public string? Nonce { get; init; }

    [JsonPropertyName("peer_id")]
    public string? PeerId { get; init; }

    [JsonPropertyName("conn_id")]
    public int? ConnId { get; init; }

    [JsonPropertyName("type")]
    public int? Type { get; init; }

    [JsonPropertyName("path")]
    public string? Path { get; init; }

    [JsonPropertyName("is_file")]
    public bool? IsFile { get; init; }

    /// <summary>A text that holds JSON.</summary>
    [JsonPropertyName("info")]
    public JsonElement? Info { get; init; }
}

/// <summary>What the text in <c>info</c> holds.</summary>
internal sealed record FileInfoBody
{
    [JsonPropertyName("ip")]
    public string? Address { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>All files; the list names only the largest.</summary>
    [JsonPropertyName("num")]
    public long? Count { get; init; }

    [JsonPropertyName("files")]
    public JsonElement[]? Files { get; init; }
}
