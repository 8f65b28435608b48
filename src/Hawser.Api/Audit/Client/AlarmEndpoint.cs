using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit.Client;

/// <summary><c>POST /api/audit/alarm</c> (reference §10.6); the kind's key is <c>typ</c>.</summary>
internal static class AlarmEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","nonce":"5f1e","typ":1,
        "info":"{\"ip\":\"203.0.113.9\",\"id\":\"123456789\",\"name\":\"mara\"}"}
        """;

    private const int MaxType = 1000;

    public static async Task<IResult> HandleAsync(HttpContext context, AuditWriter writer, TimeProvider time)
    {
        var body = await ClientBody.ReadAsync(context, AuditJson.Default.AlarmBody);
        if (body.Value is not { } said) return body.Error!;
        var head = ReportHead.Read(context, time, said.Id, said.Uuid, said.Nonce);
        if (head is null || said.Type is not (>= 0 and <= MaxType and var type))
        {
            return ClientResults.Error(400, "The report lacks what it is about.");
        }

        // Ours, of account logins (§16.3): no device can raise them.
        if (type is 3 or 4 or 5) return ClientResults.Empty;
        var info = (InfoText.Parse(said.Info, AuditJson.Default.AlarmInfo) ?? new AlarmInfo()).Clean();
        var row = new AlarmAudit
        {
            DeviceId = head.DeviceId,
            Type = type,
            Info = JsonSerializer.Serialize(info, AuditJson.Default.AlarmInfo),
            ConnId = said.ConnId,
            Reference = AuditText.Clean(said.Reference, 64),
            CreatedAt = head.At,
        };
        return (await writer.StoreAsync(new AlarmReport(head, row))).Answer();
    }
}

/// <summary>The body; everything may be missing.</summary>
internal sealed record AlarmBody
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("uuid")]
    public string? Uuid { get; init; }

    [JsonPropertyName("nonce")]
    public string? Nonce { get; init; }

    [JsonPropertyName("typ")]
    public int? Type { get; init; }

    /// <summary>A text that holds JSON.</summary>
    [JsonPropertyName("info")]
    public JsonElement? Info { get; init; }

    [JsonPropertyName("conn_id")]
    public int? ConnId { get; init; }

    [JsonPropertyName("conn_audit_ref")]
    public string? Reference { get; init; }
}

/// <summary>What is kept of <c>info</c>: the operator as he calls himself, and what he did.</summary>
internal sealed record AlarmInfo
{
    [JsonPropertyName("ip")]
    public string? Address { get; init; }

    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("conn_type")]
    public string? ConnType { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>Fit for a row.</summary>
    public AlarmInfo Clean() => new()
    {
        Address = Short(Address, 64),
        Id = Short(Id, 253),
        Name = Short(Name, 255),
        ConnType = Short(ConnType, 32),
        Message = Short(Message, 1024),
    };

    private static string? Short(string? text, int most) => text is null ? null : AuditText.Clean(text, most);
}
