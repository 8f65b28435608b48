using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups.Client;

/// <summary><c>GET /api/peers</c> (reference §7.3): the devices that the caller may reach.</summary>
internal static class PeersEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, DeviceReach reach, PageMarks marks,
        SettingsStore settings, CancellationToken cancellationToken)
    {
        if (GroupLists.Refuse(context, user, settings) is { } refusal) return refusal;
        var devices = (await reach.OfAsync(db, user, cancellationToken)).Devices;
        if (user.IsAdmin && GroupLists.EnabledOnly(context)) devices = DeviceReach.Usable(db, devices);
        devices = devices.Matching(context, "id", d => d.Id);
        var list = GroupLists.NameOf(context);
        var before = marks.Before(user.Guid, list, page);
        var total = before?.Total ?? await devices.CountAsync(cancellationToken);
        var from = before is null
            ? devices.OrderBy(d => d.Id).Skip(page.Skip)
            : devices.Where(d => string.Compare(d.Id, before.Last) > 0).OrderBy(d => d.Id);
        var rows = await Rows(db, from.Take(page.Size)).ToListAsync(cancellationToken);
        if (rows.Count == page.Size) marks.After(user.Guid, list, page, total, rows[^1].Id);
        return ClientResults.Json(
            new Page<PeerItem>(total, rows.ConvertAll(r => Item(r, user.IsAdmin))), GroupsJson.Default.PagePeerItem);
    }

    // What belongs to a device is looked up for the page only.
    private static IQueryable<Row> Rows(HawserDb db, IQueryable<Device> devices) =>
        from d in devices
        join details in db.DeviceDetails on d.Guid equals details.DeviceGuid into known
        from x in known.DefaultIfEmpty()
        orderby d.Id
        select new Row
        {
            Guid = d.Guid,
            Id = d.Id,
            Note = d.Note,
            Details = x,
            Owner = db.Users.Where(u => u.Guid == x.OwnerGuid).Select(u => u.Name).FirstOrDefault(),
            Group = db.DeviceGroupMembers.Where(m => m.DeviceGuid == d.Guid)
                .Join(db.DeviceGroups, m => m.GroupGuid, g => g.Guid, (m, g) => g)
                .OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName).Select(g => g.Name).FirstOrDefault(),
        };

    private static PeerItem Item(Row row, bool admin) => new()
    {
        Guid = admin ? row.Guid.ToString() : null,
        Id = row.Id,
        Info = row.Details is null ? new() : new()
        {
            Username = Chosen(row.Details.UsernameOverride, row.Details.Username),
            DeviceName = Chosen(row.Details.NameOverride, row.Details.Hostname),
            Os = row.Details.Os,
        },
        Status = row.Details is { Enabled: false } ? 0 : 1,
        User = row.Owner ?? "",
        UserName = row.Owner ?? "",
        DeviceGroupName = row.Group ?? "",
        Note = row.Note ?? "",
    };

    private static string Chosen(string first, string second) => first.Length > 0 ? first : second;

    private sealed class Row
    {
        public required Guid Guid { get; init; }

        public required string Id { get; init; }

        public required string? Note { get; init; }

        public required DeviceDetails? Details { get; init; }

        public required string? Owner { get; init; }

        public required string? Group { get; init; }
    }
}

/// <summary>A device in the group tab.</summary>
internal sealed record PeerItem
{
    [JsonPropertyName("guid")]
    public string? Guid { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("info")]
    public required PeerItemInfo Info { get; init; }

    [JsonPropertyName("status")]
    public required int Status { get; init; }

    [JsonPropertyName("user")]
    public required string User { get; init; }

    [JsonPropertyName("user_name")]
    public required string UserName { get; init; }

    [JsonPropertyName("device_group_name")]
    public required string DeviceGroupName { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }
}

/// <summary>What a device said of itself; the host name is called <c>device_name</c> here.</summary>
internal sealed record PeerItemInfo
{
    [JsonPropertyName("username")]
    public string Username { get; init; } = "";

    [JsonPropertyName("device_name")]
    public string DeviceName { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";
}
