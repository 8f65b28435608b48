using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit.Client;

/// <summary>
/// <c>POST /api/audit/conn</c> (reference §10.3, §10.4): three events of a device, told apart by <c>action</c>, and
/// the operator's note, told apart by its key.
/// </summary>
internal static class ConnectionEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","nonce":"5f1c","action":"new","conn_id":7,"session_id":81985529,
        "ip":"203.0.113.9"}
        """;

    private const int MaxId = 253;
    private const int MaxName = 255;
    private static readonly IResult Incomplete = ClientResults.Error(400, "The report lacks what it is about.");

    public static async Task<IResult> HandleAsync(HttpContext context, AuditWriter writer, TimeProvider time)
    {
        var body = await ClientBody.ReadAsync(context, AuditJson.Default.ConnectionBody);
        if (body.Value is not { } said) return body.Error!;
        var head = ReportHead.Read(context, time, said.Id, said.Uuid, said.Nonce);
        if (head is null) return Incomplete;
        var session = unchecked((long)(said.SessionId ?? 0));
        if (said.Note is not null)
        {
            if (session == 0) return ClientResults.Empty;
            var note = new NoteReport(head, session, AuditText.Clean(said.Note, AuditNotes.MaxLength));
            return (await writer.StoreAsync(note)).Answer();
        }

        ConnectionEvent? what = said.Action switch
        {
            "new" => ConnectionEvent.Opened,
            "close" => ConnectionEvent.Closed,
            null or "" => ConnectionEvent.Authorised,
            _ => null,
        };
        // A kind of event that is not known yet is no mistake of the client.
        if (what is not { } kind) return ClientResults.Empty;
        if (said.ConnId is not { } connId) return Incomplete;
        return (await writer.StoreAsync(new ConnectionReport(head, kind, connId, session)
        {
            Address = AuditText.Clean(said.Address, 64),
            Reference = AuditText.Clean(said.Reference, 64),
            PeerId = AuditText.Clean(said.Peer is [var id, ..] ? id : "", MaxId),
            PeerName = AuditText.Clean(said.Peer is [_, var name, ..] ? name : "", MaxName),
            Type = kind == ConnectionEvent.Authorised ? said.Type ?? 0 : null,
            PrimaryAuth = said.PrimaryAuth ?? 0,
            TwoFactor = said.TwoFactor ?? 0,
        })).Answer();
    }
}

/// <summary>The body; everything may be missing.</summary>
internal sealed record ConnectionBody
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("uuid")]
    public string? Uuid { get; init; }

    [JsonPropertyName("nonce")]
    public string? Nonce { get; init; }

    [JsonPropertyName("action")]
    public string? Action { get; init; }

    [JsonPropertyName("conn_id")]
    public int? ConnId { get; init; }

    /// <summary>64 bits without sign (reference §10.1).</summary>
    [JsonPropertyName("session_id")]
    public ulong? SessionId { get; init; }

    [JsonPropertyName("ip")]
    public string? Address { get; init; }

    [JsonPropertyName("conn_audit_ref")]
    public string? Reference { get; init; }

    [JsonPropertyName("peer")]
    public string?[]? Peer { get; init; }

    [JsonPropertyName("type")]
    public int? Type { get; init; }

    [JsonPropertyName("primary_auth")]
    public int? PrimaryAuth { get; init; }

    [JsonPropertyName("two_factor")]
    public int? TwoFactor { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }
}
