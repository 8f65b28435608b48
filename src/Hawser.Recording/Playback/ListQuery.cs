using System.Globalization;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// Reads what a list is asked for. Pages as every list of the API has them (<c>current</c>, <c>pageSize</c>); filters
/// are read as work on all that match reads them.
/// </summary>
internal static class ListQuery
{
    private const int MostOnAPage = 100;

    /// <summary>What there is to ask for, and what docs/openapi.json says of it.</summary>
    public static IReadOnlyList<(string Name, string About)> Keys { get; } =
    [
        ("current", "The page, from 1."),
        ("pageSize", "Items on a page, at most 100; 20 when it is missing."),
        ("sort", "created, started, duration, size, device, title, status; a minus turns it round. Usually -created."),
        ("status", "recording, processing, ready or error. This, source, direction, codec, device, peer, group and "
            + "operator may be given up to 20 times: any of them."),
        ("text", "In id, title, note, device or peer, whatever its case."),
        ("device", "The device's id; with a % a pattern."),
        ("group", "The GUID of a group of devices."),
        ("peer", "The id of the other end; with a % a pattern."),
        ("direction", "incoming or outgoing."),
        ("codec", "The video codec: vp8, vp9, av1, h264, h265."),
        ("source", "stream (recorders) or upload (clients)."),
        ("user", "The GUID of the account that recorded."),
        ("operator", "A part of the name of the account that recorded."),
        ("events", "true or false: whether the logs of its time have transfers of its two ends or alarms."),
        ("owner", "The principal it is kept under: account:…, device:… or anonymous."),
        ("from", "Begun then or later, ISO 8601; without a zone it is UTC."),
        ("to", "Begun before."),
        ("longer", "Playing at least so many seconds."),
        ("held", "true or false."),
        ("incomplete", "true or false."),
    ];

    /// <summary>Reads it; on false there is a complaint.</summary>
    public static bool TryRead(IQueryCollection query, out RecordQuery asked, out string complaint)
    {
        var isRead = RecordingFilterText.TryRead(key => query[key], out var filter, out complaint);
        var sort = query["sort"].ToString();
        asked = new RecordQuery
        {
            Page = Number(query["current"], 1, int.MaxValue),
            PageSize = Number(query["pageSize"], 20, MostOnAPage),
            Filter = filter,
            // A word that is not known leaves the usual order, as in every list.
            Order = OrderOf(sort), Descending = sort.StartsWith('-') || !IsOrder(sort),
        };
        return isRead;
    }

    private static int Number(string? text, int missing, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? Math.Min(number, most) : missing;

    private static bool IsOrder(string sort) =>
        Enum.TryParse<RecordOrder>(sort.TrimStart('-'), ignoreCase: true, out var order)
        && order.ToString().Equals(sort.TrimStart('-'), StringComparison.OrdinalIgnoreCase);

    private static RecordOrder OrderOf(string sort) =>
        IsOrder(sort) ? Enum.Parse<RecordOrder>(sort.TrimStart('-'), ignoreCase: true) : RecordOrder.Created;
}
