using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Client;

/// <summary>
/// <c>POST /api/switch-grant</c> (reference §13): a device lets one caller connect to it once, although nobody is
/// logged in there; signed with its key.
/// </summary>
internal static class SwitchGrantEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","switch_code_verifier":"c2VjcmV0","timestamp":"1790000000","signature":"c2lnbmF0dXJl"}
        """;

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    public static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, DevicesJson.Default.SwitchGrantRequest);
        if (body.Value is not { } request) return body.Error!;
        if (!DeviceReader.IsAskable(request.Id)) return Answer(false, null);
        var key = await db.Devices.Where(d => d.Id == request.Id).Select(d => d.PublicKey)
            .FirstOrDefaultAsync(cancellationToken);
        if (key is null || !IsSigned(request, key)) return Answer(false, null);
        var now = time.GetUtcNow();
        if (!long.TryParse(request.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Skew.TotalSeconds)
        {
            // Signed, but with a wrong clock: the client signs once more with ours.
            return Answer(false, now.ToUnixTimeSeconds());
        }

        return Answer(await TryAddAsync(db, request, now.UtcDateTime, cancellationToken), null);
    }

    private static IResult Answer(bool accepted, long? serverTime) => ClientResults.Json(
        new SwitchGrantResponse(accepted, serverTime), DevicesJson.Default.SwitchGrantResponse);

    private static bool IsSigned(SwitchGrantRequest request, byte[] key)
    {
        var signature = new byte[64];
        return request.Verifier.Length is > 0 and <= 64 && request.Timestamp.Length <= 20
            && Convert.TryFromBase64String(request.Signature, signature, out var length) && length == signature.Length
            && SwitchGrant.IsSigned(request.Id, request.Verifier, request.Timestamp, signature, key);
    }

    private static async Task<bool> TryAddAsync(
        HawserDb db, SwitchGrantRequest request, DateTime now, CancellationToken cancellationToken)
    {
        var known = await db.SwitchGrants.AsNoTracking()
            .FirstOrDefaultAsync(g => g.Verifier == request.Verifier, cancellationToken);
        // The answer may have been lost; but what was used once is not made again by who overheard it.
        if (known is not null) return known.DeviceId == request.Id && known.UsedAt is null && known.ExpiresAt > now;
        db.SwitchGrants.Add(new SwitchGrantRow
        {
            Verifier = request.Verifier, DeviceId = request.Id, CreatedAt = now, ExpiresAt = now + SwitchGrantRow.Life,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            // The same request twice at once: the other one made it.
            return await db.SwitchGrants.AsNoTracking().AnyAsync(
                g => g.Verifier == request.Verifier && g.DeviceId == request.Id && g.UsedAt == null, cancellationToken);
        }
    }
}

/// <summary>A grant.</summary>
internal sealed record SwitchGrantRequest
{
    [JsonPropertyName("id")]
    public string Id { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("switch_code_verifier")]
    public string Verifier { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("timestamp")]
    public string Timestamp { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("signature")]
    public string Signature { get; set => field = value ?? ""; } = "";
}

/// <summary>Whether it was taken; the server's clock when the client's is wrong.</summary>
internal sealed record SwitchGrantResponse(
    [property: JsonPropertyName("accepted")] bool Accepted,
    [property: JsonPropertyName("server_time")] long? ServerTime);
