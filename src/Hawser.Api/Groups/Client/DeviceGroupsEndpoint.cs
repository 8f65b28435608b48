using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups.Client;

/// <summary><c>GET /api/device-group/accessible</c> (reference §7.1).</summary>
internal static class DeviceGroupsEndpoint
{
    public static async Task<IResult> HandleAsync(
        CurrentUser user, PageQuery page, HawserDb db, DeviceReach reach, SettingsStore settings,
        CancellationToken cancellationToken)
    {
        if (GroupLists.Refuse(settings) is { } refusal) return refusal;
        var groups = (await reach.OfAsync(db, user, cancellationToken)).Groups;
        var total = await groups.CountAsync(cancellationToken);
        var rows = await groups.OrderBy(g => g.NormalizedName).Skip(page.Skip).Take(page.Size)
            .ToListAsync(cancellationToken);
        // The text of a guid is made here: SQLite keeps its bytes.
        var items = rows.ConvertAll(g => new DeviceGroupItem
        {
            Guid = g.Guid.ToString(), Name = g.Name, Note = g.Note,
        });
        return ClientResults.Json(new Page<DeviceGroupItem>(total, items), GroupsJson.Default.PageDeviceGroupItem);
    }
}

/// <summary>A device group.</summary>
internal sealed record DeviceGroupItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }
}
