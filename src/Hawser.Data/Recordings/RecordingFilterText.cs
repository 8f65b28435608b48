using System.Globalization;

namespace Hawser.Data.Recordings;

/// <summary>
/// Reads filters as lists are asked for them, and work on all that a list showed. One that can't be read is refused and
/// never ignored, for who asks for little must not be shown much.
/// </summary>
public static class RecordingFilterText
{
    private const int LongestText = 256;
    private const int MostValues = 20;

    /// <summary>Reads one.</summary>
    /// <param name="valuesOf">The values of a key; empty ones ask for nothing.</param>
    /// <param name="filter">What is asked for.</param>
    /// <param name="complaint">What can't be read.</param>
    /// <returns>False: there is a complaint.</returns>
    public static bool TryRead(
        Func<string, IEnumerable<string?>> valuesOf, out RecordingFilter filter, out string complaint)
    {
        ArgumentNullException.ThrowIfNull(valuesOf);
        var keys = new Reader(valuesOf);
        filter = new RecordingFilter
        {
            Statuses = keys.AnyOf<RecordingStatus>("status", ("recording", RecordingStatus.Recording),
                ("processing", RecordingStatus.Finalising), ("ready", RecordingStatus.Ready),
                ("error", RecordingStatus.Failed)),
            Text = keys.Text("text"), Devices = keys.Texts("device"), Peers = keys.Texts("peer"),
            Groups = [.. keys.Texts("group").Select(group => keys.Guid("group", group)).OfType<Guid>()],
            Account = keys.Text("user") is { } user ? keys.Guid("user", user) : null, Owner = keys.Text("owner"),
            Operators = [.. keys.Texts("operator").Select(Part)],
            Events = keys.OneOf<bool>("events", ("true", true), ("false", false)),
            Directions = keys.Texts("direction"),
            Codecs = [.. keys.Texts("codec").Select(codec => codec.ToLowerInvariant())],
            Doors = keys.AnyOf<RecordingDoor>(
                "source", ("stream", RecordingDoor.Stream), ("upload", RecordingDoor.Upload)),
            From = keys.Time("from"), To = keys.Time("to"), LongerThanMs = keys.Seconds("longer"),
            Held = keys.OneOf<bool>("held", ("true", true), ("false", false)),
            Incomplete = keys.OneOf<bool>("incomplete", ("true", true), ("false", false)),
        };
        complaint = keys.Complaint ?? "";
        return keys.Complaint is null;
    }

    // A part is looked for anyhow: around it the signs of a pattern say nothing more.
    private static string Part(string text) =>
        text.Length > 2 && text[0] == '%' && text[^1] == '%' ? text[1..^1] : text;

    private sealed class Reader
    {
        private readonly Func<string, IEnumerable<string?>> _valuesOf;

        public Reader(Func<string, IEnumerable<string?>> valuesOf) => _valuesOf = valuesOf;

        /// <summary>The first that can't be read; null: none.</summary>
        public string? Complaint { get; private set; }

        public List<string> Texts(string key)
        {
            // The databases hold no NUL, so nothing matches one.
            var texts = _valuesOf(key).OfType<string>().Where(text => text.Length > 0)
                .Select(text => text.Replace("\0", "\uFFFD", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal).Take(MostValues + 1).ToList();
            if (texts.Count > MostValues) Bad(key, $"given {MostValues} times at most");
            if (texts.Exists(text => text.Length > LongestText)) Bad(key, "shorter");
            return texts;
        }

        public string? Text(string key)
        {
            var texts = Texts(key);
            if (texts.Count > 1) Bad(key, "given once");
            return texts.Count == 0 ? null : texts[0];
        }

        public long? Seconds(string key)
        {
            if (Text(key) is not { } text) return null;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? seconds * 1000L : Bad<long?>(key, "a number of seconds");
        }

        public Guid? Guid(string key, string text) =>
            System.Guid.TryParse(text, out var guid) ? guid : Bad<Guid?>(key, "a GUID");

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
            var found = AnyOf(key, words);
            if (found.Count > 1) Bad(key, "given once");
            return found.Count == 0 ? null : found[0];
        }

        public List<T> AnyOf<T>(string key, params ReadOnlySpan<(string Word, T Value)> words)
            where T : struct
        {
            var found = new List<T>();
            foreach (var text in Texts(key))
            {
                var known = new List<string>(words.Length);
                foreach (var (word, value) in words)
                {
                    known.Add(word);
                    if (word == text) found.Add(value);
                }

                if (!known.Contains(text, StringComparer.Ordinal)) Bad(key, "one of " + string.Join(", ", known));
            }

            return found;
        }

        private void Bad(string key, string what) => Complaint ??= $"{key} has to be {what}.";

        private T? Bad<T>(string key, string what)
        {
            Bad(key, what);
            return default;
        }
    }
}
