using System.Globalization;

namespace Hawser.Data.Recordings;

/// <summary>
/// Reads filters as lists are asked for them, and work on all that a list showed. One that can't be read is refused and
/// never ignored, for who asks for little must not be shown much.
/// </summary>
public static class RecordingFilterText
{
    private const int LongestText = 256;

    /// <summary>Reads one.</summary>
    /// <param name="textOf">The text of a key; empty: it is not asked for.</param>
    /// <param name="filter">What is asked for.</param>
    /// <param name="complaint">What can't be read.</param>
    /// <returns>False: there is a complaint.</returns>
    public static bool TryRead(Func<string, string> textOf, out RecordingFilter filter, out string complaint)
    {
        ArgumentNullException.ThrowIfNull(textOf);
        var keys = new Reader(textOf);
        filter = new RecordingFilter
        {
            Status = keys.OneOf<RecordingStatus>("status", ("recording", RecordingStatus.Recording),
                ("processing", RecordingStatus.Finalising), ("ready", RecordingStatus.Ready),
                ("error", RecordingStatus.Failed)),
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
        };
        complaint = keys.Complaint ?? "";
        return keys.Complaint is null;
    }

    private sealed class Reader(Func<string, string> textOf)
    {
        /// <summary>The first that can't be read; null: none.</summary>
        public string? Complaint { get; private set; }

        public string? Text(string key)
        {
            // The databases hold no NUL, so nothing matches one.
            var text = textOf(key).Replace("\0", "\uFFFD", StringComparison.Ordinal);
            return text.Length switch
            {
                0 => null,
                > LongestText => Bad<string>(key, "shorter"),
                _ => text,
            };
        }

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
