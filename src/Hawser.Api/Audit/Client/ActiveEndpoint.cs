using System.Globalization;
using System.Text;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit.Client;

/// <summary>
/// <c>GET /api/audit/conn/active</c> (reference §10.7): the row of the operator's own session as a JSON string, or
/// <c>null</c> as long as there is none; the client asks again.
/// </summary>
internal static class ActiveEndpoint
{
    private static readonly IResult None = ClientResults.RawJson("null"u8.ToArray());

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, AuditNotes notes, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var id = query["id"].ToString();
        if (id.Length is 0 or > 253 || !ulong.TryParse(
            query["session_id"], NumberStyles.None, CultureInfo.InvariantCulture, out var session) || session == 0)
        {
            return None;
        }

        int? type = int.TryParse(query["conn_type"], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;
        var row = await notes.FindAsync(db, user, id, unchecked((long)session), type, cancellationToken);
        return row is { } guid ? ClientResults.RawJson(Encoding.ASCII.GetBytes($"\"{guid}\"")) : None;
    }
}
