using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Hawser.Recording;

/// <summary>
/// What a RustDesk client calls a recording (reference §11):
/// <c>incoming_123456789_20261121093000123_display0_vp9.webm</c>. Names come from anybody, so nothing else is accepted,
/// and what is accepted can't leave a folder.
/// </summary>
internal sealed partial record RecordingName
{
    /// <summary>The longest name; it becomes a folder, a key and a part of an address.</summary>
    internal const int MaxLength = 128;

    private RecordingName(string text) => Text = text;

    /// <summary>The whole name, the recording's identity.</summary>
    public string Text { get; }

    /// <summary><c>incoming</c>: made by the controlled side; or <c>outgoing</c>.</summary>
    public required string Direction { get; init; }

    /// <summary>The id of the controlled device.</summary>
    public required string PeerId { get; init; }

    /// <summary>When it was begun by the client's clock, whose zone nobody tells; null when it is no time.</summary>
    public required DateTime? StartedAt { get; init; }

    /// <summary>What was recorded: <c>display0</c>, <c>camera1</c>.</summary>
    public required string Display { get; init; }

    /// <summary>The video codec.</summary>
    public required string Codec { get; init; }

    /// <summary><c>webm</c> or <c>mp4</c>.</summary>
    public required string Container { get; init; }

    /// <summary>Whether it was made by the device it is named after.</summary>
    public bool IsIncoming => Direction == "incoming";

    /// <summary>Reads a name; anything that is not one is refused.</summary>
    internal static bool TryParse(string? text, [NotNullWhen(true)] out RecordingName? name)
    {
        name = null;
        if (text is null || text.Length > MaxLength || text.Contains("..", StringComparison.Ordinal)) return false;
        var match = Pattern().Match(text);
        if (!match.Success) return false;
        name = new RecordingName(text)
        {
            Direction = match.Groups["direction"].Value,
            PeerId = match.Groups["peer"].Value,
            StartedAt = TimeOf(match.Groups["time"].Value),
            Display = match.Groups["display"].Value,
            Codec = match.Groups["codec"].Value,
            Container = match.Groups["container"].Value,
        };
        return true;
    }

    private static DateTime? TimeOf(string digits) => DateTime.TryParseExact(
        digits, "yyyyMMddHHmmssfff", CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    [GeneratedRegex(
        @"\A(?<direction>incoming|outgoing)_(?<peer>[A-Za-z0-9][A-Za-z0-9_.-]{0,80})_(?<time>[0-9]{17})_"
            + @"(?<display>(?:display|camera)[0-9]{1,4})_(?<codec>[A-Za-z0-9]{1,16})\.(?<container>webm|mp4)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
