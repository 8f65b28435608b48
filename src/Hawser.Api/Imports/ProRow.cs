using System.Globalization;
using System.Text.Json;

namespace Hawser.Api.Imports;

/// <summary>
/// A row of another server's list: members by name, cut to what fits here; what is not there is empty.
/// </summary>
internal readonly struct ProRow(JsonElement json)
{
    /// <summary>A name: one line.</summary>
    public string Name(string member, int most = 128) =>
        string.Concat(Text(member, most).Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    /// <summary>A text without what would not fit, or what databases do not take.</summary>
    public string Text(string member, int most) => Member(member) is not { } value ? "" : value.ValueKind switch
    {
        JsonValueKind.String => Devices.DeviceAssignments.Cut(Sound(value), most),
        JsonValueKind.Number => Devices.DeviceAssignments.Cut(value.GetRawText(), most),
        _ => "",
    };

    /// <summary>Whether something is said of it.</summary>
    public bool Has(string member) => Member(member) is { ValueKind: not JsonValueKind.Null };

    /// <summary>Whether it is true, or 1.</summary>
    public bool Flag(string member) => Member(member) is { ValueKind: JsonValueKind.True }
        || Text(member, 8) is "1" or "true";

    /// <summary>A whole number; null: it is none.</summary>
    public long? Number(string member) => Member(member) is { ValueKind: JsonValueKind.True } ? 1
        : long.TryParse(Text(member, 32), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : null;

    /// <summary>A time in seconds since 1970.</summary>
    public DateTime? Time(string member) => Number(member) is > 0 and < 253_402_300_799 and { } seconds
        ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime : null;

    /// <summary>Objects of a list.</summary>
    public IEnumerable<ProRow> Rows(string member) =>
        Member(member) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(e => new ProRow(e)) : [];

    /// <summary>Texts of a list, each one line.</summary>
    public List<string> Texts(string member, int most) =>
        Member(member) is not { ValueKind: JsonValueKind.Array } list ? []
            : [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Take(200)
                .Select(e => Devices.DeviceAssignments.Cut(Sound(e), most).ReplaceLineEndings(" ").Trim())];

    /// <summary>The members of an object that are texts.</summary>
    public Dictionary<string, string> Map(string member)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Member(member) is not { ValueKind: JsonValueKind.Object } value) return map;
        foreach (var one in value.EnumerateObject())
        {
            if (one.Value.ValueKind == JsonValueKind.String) map[one.Name] = Sound(one.Value);
        }

        return map;
    }

    /// <summary>An object in it.</summary>
    public ProRow In(string member) => new(Member(member) ?? default);

    private JsonElement? Member(string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    // Half a pair of surrogates is no text.
    private static string Sound(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
