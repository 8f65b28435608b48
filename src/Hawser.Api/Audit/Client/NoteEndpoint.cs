using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit.Client;

/// <summary><c>PUT /api/audit</c> (reference §10.8): the note of the end-of-session dialog.</summary>
internal static class NoteEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, AuditNotes notes, CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, AuditJson.Default.NoteBody);
        if (body.Value is not { } said) return body.Error!;
        if (!Guid.TryParse(said.Guid, out var guid) || said.Note is null)
        {
            return ClientResults.Error(400, "The request lacks a guid or a note.");
        }

        // One answer for "not there" and "not yours", so that nobody learns of other people's sessions.
        var note = AuditText.Clean(said.Note, AuditNotes.MaxLength);
        return await notes.WriteAsync(db, user, guid, note, cancellationToken)
            ? ClientResults.Empty
            : ClientResults.Error(404, "There is no such connection of yours.");
    }
}

/// <summary>The body.</summary>
internal sealed record NoteBody
{
    [JsonPropertyName("guid")]
    public string? Guid { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }
}
