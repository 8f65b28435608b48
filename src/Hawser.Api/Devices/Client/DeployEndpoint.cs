using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Client;

/// <summary>
/// <c>POST /api/devices/deploy</c> (reference §12.2), what <c>--deploy</c> sends: makes a device known, so that it may
/// register although deployment is required.
/// </summary>
internal static class DeployEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","pk":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
        """;

    private const int MaximumUuid = 256;

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, ApiParts parts, SettingsStore settings, DeployDesk deploy,
        DeviceHints hints, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, DevicesJson.Default.DeployRequest);
        if (body.Value is not { } request) return body.Error!;
        if (!settings.Get(DeviceSettings.Key).DeploymentRequired) return Answer("NOT_ENABLED");
        if (!PeerId.IsRegistrable(request.Id) || request.Id == PeerId.SelfTest
            || Decode(request.Uuid) is not { Length: > 0 and <= MaximumUuid } uuid
            || Decode(request.Pk) is not { Length: Device.KeyLength } key) return Answer("INVALID_INPUT");
        var now = time.GetUtcNow().UtcDateTime;
        var isDeployment = user.Kind == TokenKind.Deploy;
        var isNew = !isDeployment ? false : await deploy.TakeAsync(db, user, request.Id, cancellationToken);
        if (isNew is null) return ClientResults.Error(403, DeployDesk.UsedUp);
        if (!await TryStoreAsync(db, parts.Store.Devices, request.Id, uuid, key, now, cancellationToken))
        {
            if (isNew is true) await DeployDesk.GiveBackAsync(db, user, cancellationToken);
            return Answer("ID_TAKEN");
        }

        if (isDeployment)
        {
            if (isNew is true) await deploy.ApplyAsync(db, user, request.Id, cancellationToken);
        }
        else
        {
            db.Deployments.Add(new Deployment
            {
                DeviceId = request.Id, Uuid = uuid, PublicKey = key, UserGuid = user.Guid,
                TokenGuid = user.TokenGuid, CreatedAt = now,
            });
        }

        await db.SaveChangesAsync(cancellationToken);
        hints.Changed(request.Id);
        return Answer("OK");
    }

    private static IResult Answer(string result) =>
        ClientResults.Json(new DeployResponse(result), DevicesJson.Default.DeployResponse);

    private static async Task<bool> TryStoreAsync(
        HawserDb db, DeviceStore store, string id, byte[] uuid, byte[] key, DateTime now,
        CancellationToken cancellationToken)
    {
        var holder = await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, cancellationToken);
        if (holder is not null && !holder.Uuid.AsSpan().SequenceEqual(uuid)) return false;
        if (holder is null)
        {
            if (await store.IsRetiredAsync(id, uuid, cancellationToken)) return false;
            // A device that is known by another id keeps its row, and with it everything that was assigned to it.
            var old = await db.Devices.AsNoTracking().Where(d => d.Uuid == uuid && d.PublicKey == key)
                .OrderByDescending(d => d.LastSeenAt).Select(d => d.Id).FirstOrDefaultAsync(cancellationToken);
            if (old is not null && await store.RenameAsync(old, id, uuid, cancellationToken) == RenameOutcome.Taken)
            {
                return false;
            }
        }

        await store.SaveAsync([new StoredDevice(id, uuid, key, default, now, null, Listed: true)], cancellationToken);
        await store.SetListedAsync(id, listed: true, cancellationToken);
        return true;
    }

    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        return base64.Length <= 512 && Convert.TryFromBase64String(base64, bytes, out var length)
            ? bytes[..length] : null;
    }
}

/// <summary>A device that is to be known.</summary>
internal sealed record DeployRequest
{
    [JsonPropertyName("id")]
    public string Id { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("uuid")]
    public string Uuid { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("pk")]
    public string Pk { get; set => field = value ?? ""; } = "";
}

/// <summary>How it ended, in words that the program knows.</summary>
internal sealed record DeployResponse([property: JsonPropertyName("result")] string Result);
