using System.Globalization;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// Reads what a list is asked for. Pages as every list of the API has them (<c>current</c>, <c>pageSize</c>); a filter
/// that can't be read is refused and never ignored, for who asks for little must not be shown much.
/// </summary>
internal static class ListQuery
{
    private const int MostOnAPage = 100;
    private const int LongestText = 256;

    /// <summary>What there is to ask for, and what docs/openapi.json says of it.</summary>
    public static IReadOnlyList<(string Name, string About)> Keys { get; } =
    [
        ("current", "The page, from 1."),
        ("pageSize", "Items on a page, at most 100; 20 when it is missing."),
        ("sort", "created, started, duration, size, device, title, status; a minus turns it round. Usually -created."),
        ("status", "recording, processing, ready or error."),
        ("text", "In id, title, note, device or peer, whatever its case."),
        ("device", "The device's id."),
        ("group", "The GUID of a group of devices."),
        ("peer", "The id of the other end."),
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
        asked = new RecordQuery();
        var keys = new Reader(query);
        var sort = keys.Text("sort");
        asked = new RecordQuery
        {
            Page = keys.Number("current", 1, int.MaxValue),
            PageSize = keys.Number("pageSize", 20, MostOnAPage),
            State = keys.OneOf<RecordState>("status", ("recording", RecordState.Recording),
                ("processing", RecordState.Finalising), ("ready", RecordState.Ready), ("error", RecordState.Failed)),
            Text = keys.Text("text"), Device = keys.Text("device"), Peer = keys.Text("peer"),
            Group = keys.Guid("group"), Account = keys.Guid("user"), Owner = keys.Text("owner"),
            Operator = keys.Text("operator"),
            Events = keys.OneOf<bool>("events", ("true", true), ("false", false)),
            Direction = keys.Text("direction"), Codec = keys.Text("codec")?.ToLowerInvariant(),
            Door = keys.OneOf<RecordingDoor>(
                "source", ("stream", RecordingDoor.Stream), ("upload", RecordingDoor.Upload)),
            From = keys.Time("from"), To = keys.Time("to"), LongerThanMs = keys.Seconds("longer"),
            Held = keys.OneOf<bool>("held", ("true", true), ("false", false)),
            Incomplete = keys.OneOf<bool>("incomplete", ("true", true), ("false", false)),
            // A word that is not known leaves the usual order, as in every list.
            Order = OrderOf(sort), Descending = sort is null || sort.StartsWith('-') || !IsOrder(sort),
        };
        complaint = keys.Complaint ?? "";
        return keys.Complaint is null;
    }

    private static bool IsOrder(string? sort) =>
        Enum.TryParse<RecordOrder>(sort?.TrimStart('-'), ignoreCase: true, out var order)
        && order.ToString().Equals(sort!.TrimStart('-'), StringComparison.OrdinalIgnoreCase);

    private static RecordOrder OrderOf(string? sort) =>
        IsOrder(sort) ? Enum.Parse<RecordOrder>(sort!.TrimStart('-'), ignoreCase: true) : RecordOrder.Created;

    private sealed class Reader(IQueryCollection query)
    {
        /// <summary>The first that can't be read; null: none.</summary>
        public string? Complaint { get; private set; }

        public string? Text(string key)
        {
            // The databases hold no NUL, so nothing matches one.
            var text = query[key].ToString().Replace("\0", "\uFFFD", StringComparison.Ordinal);
            return text.Length switch
            {
                0 => null,
                > LongestText => Bad<string>(key, "shorter"),
                _ => text,
            };
        }

        public int Number(string key, int missing, int most) =>
            int.TryParse(query[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? Math.Min(number, most) : missing;

        public long? Seconds(string key)
        {
            if (Text(key) is not { } text) return null;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? seconds * 1000L : Bad<long?>(key, "a number of seconds");
        }

        public Guid? Guid(string key)
        {
            if (Text(key) is not { } text) return null;
            return System.Guid.TryParse(text, out var guid) ? guid : Bad<Guid?>(key, "a GUID");
        }

        public DateTime? Time(string key)
        {
            if (Text(key) is not { } text) return null;
            const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            return DateTime.TryParse(text, CultureInfo.InvariantCulture, styles, out var time)
                ? time : Bad<DateTime?>(key, "a date or a time (ISO 8601)");
        }

        public T? OneOf<T>(string key, params ReadOnlySpan<(string Word, T Value)> words)
            where T : struct
        {
            if (Text(key) is not { } text) return null;
            var known = new List<string>(words.Length);
            foreach (var (word, value) in words)
            {
                if (word == text) return value;
                known.Add(word);
            }

            return Bad<T?>(key, "one of " + string.Join(", ", known));
        }

        private T? Bad<T>(string key, string what)
        {
            Complaint ??= $"{key} has to be {what}.";
            return default;
        }
    }
}
