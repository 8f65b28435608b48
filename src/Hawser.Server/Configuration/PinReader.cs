using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Api;
using Hawser.Api.Settings;

namespace Hawser.Server.Configuration;

/// <summary>
/// Reads members of settings that are written where options are: the section <c>settings</c> of hawser.json, and
/// variables like <c>HAWSER_SETTING_MAIL_HOST</c>. A name that ends with FILE names a file that holds the value.
/// </summary>
/// <param name="readText">Reads a file that is named by somebody; null: it can't be, and that was said.</param>
/// <param name="errors">Where to say what is wrong.</param>
internal sealed class PinReader(Func<string, string, string?> readText, List<string> errors)
{
    /// <summary>The section of hawser.json.</summary>
    internal const string Section = "settings";

    /// <summary>How the variables begin.</summary>
    internal const string Prefix = "HAWSER_SETTING_";

    private static readonly JsonDocumentOptions ForPeople = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false,
    };

    private readonly List<(SettingPin Pin, OptionLayer Layer)> _found = [];

    /// <summary>The name of a pin, for people and in hawser.json.</summary>
    public static string PathOf(SettingPin pin) => $"{Section}.{pin.Setting}.{pin.Member}";

    /// <summary>The variable of a pin.</summary>
    public static string VariableOf(SettingPin pin) =>
        Prefix + (pin.Setting + "_" + pin.Member).Replace('.', '_').ToUpperInvariant();

    /// <summary>The value for people; of secrets only that there is one.</summary>
    public static string Shown(SettingPin pin)
    {
        // A secret is known by the name of its member.
        var last = pin.Member[(pin.Member.LastIndexOf('.') + 1)..];
        var masked = SettingText.Masked(new JsonObject { [last] = pin.Value?.DeepClone() })![last];
        return masked switch
        {
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
            JsonArray list when list.All(i => i?.GetValueKind() == JsonValueKind.String) => string.Join(',', list),
            _ => masked?.ToJsonString() ?? "",
        };
    }

    /// <summary>Reads the section of a file.</summary>
    public void ReadSection(JsonElement section, OptionLayer layer, string file)
    {
        if (section.ValueKind != JsonValueKind.Object)
        {
            errors.Add($"{file}: {Section} must be an object with a member for each setting");
            return;
        }

        foreach (var one in section.EnumerateObject())
        {
            if (Find(one.Name) is not { } key)
            {
                errors.Add($"{file}: {Section}.{one.Name} is not a setting; there are {Names()}");
            }
            else if (Parse(one.Value.GetRawText()) is JsonObject members)
            {
                Walk((key.Name, layer, file), key.Usual, members, "");
            }
            else
            {
                errors.Add($"{file}: {Section}.{one.Name} must be an object that names no member twice");
            }
        }
    }

    /// <summary>Reads a variable.</summary>
    public void ReadVariable(string name, string value, OptionLayer layer, string where)
    {
        var plain = OptionDefinition.Plain(name.AsSpan(Prefix.Length));
        foreach (var (key, _) in SettingCatalog.All)
        {
            var own = OptionDefinition.Plain(key.Name);
            if (!plain.StartsWith(own, StringComparison.Ordinal)) continue;
            if (plain == own)
            {
                if (Parse(value) is JsonObject members) Walk((key.Name, layer, name + where), key.Usual, members, "");
                else errors.Add($"{name}{where}: it must hold a JSON object");
                return;
            }

            if (Leaf(key.Usual, plain[own.Length..], "") is not { } leaf) continue;
            var text = leaf.IsFile ? readText(value, name + where) : value;
            if (text is null) return;
            if (FromText(text, leaf.Usual, out var complaint) is var node && complaint.Length == 0)
            {
                Add((key.Name, layer, name + where), leaf.Path, node);
            }
            else
            {
                errors.Add($"{name}{where}: {complaint}");
            }

            return;
        }

        errors.Add($"{name}{where} is not a setting or a member of one; the settings are {Names()}");
    }

    /// <summary>The pins in force, checked.</summary>
    public IReadOnlyList<SettingPin> Finish()
    {
        if (_found.Count == 0) return [];
        List<SettingPin> pins = [.. _found.GroupBy(f => (f.Pin.Setting, f.Pin.Member))
            // Of one place the first counts: the folder one is in comes before the data folder.
            .Select(g => g.OrderByDescending(f => f.Layer).First().Pin)
            .OrderBy(p => p.Setting, StringComparer.Ordinal).ThenBy(p => p.Member, StringComparer.Ordinal)];
        foreach (var group in pins.GroupBy(p => p.Setting)) Check(Find(group.Key)!, [.. group]);
        return pins;
    }

    private void Check(SettingKey key, IReadOnlyList<SettingPin> pins)
    {
        if (Complaint(key, pins) is not { } complaint) return;
        var blamed = pins.FirstOrDefault(p => Complaint(key, [p]) == complaint);
        var name = blamed is null ? $"{Section}.{key.Name}" : PathOf(blamed);
        var origins = blamed is null ? pins.Select(p => p.Origin).Distinct() : [blamed.Origin];
        errors.Add($"{name} (from {string.Join(", ", origins)}): {complaint.ReplaceLineEndings(" ")}");
    }

    private static string? Complaint(SettingKey key, IReadOnlyList<SettingPin> pins)
    {
        var value = key.Usual;
        foreach (var pin in pins) SettingPins.Put(value, pin.Member, pin.Value);
        return key.Complaint(value);
    }

    private void Walk(
        (string Setting, OptionLayer Layer, string Origin) of, JsonObject known, JsonObject given, string at)
    {
        foreach (var (name, node) in given)
        {
            var member = known.Select(m => m.Key).FirstOrDefault(m => IsSame(m, name));
            var isFile = member is null;
            member ??= known.Select(m => m.Key).FirstOrDefault(m => IsSame(m + "File", name));
            if (member is null)
            {
                var has = string.Join(", ", known.Select(m => m.Key));
                errors.Add($"{of.Origin}: {Section}.{of.Setting}.{at}{name} is not a member; it has {has}");
            }
            else if (isFile)
            {
                ReadFile(of, at + member, node);
            }
            else if (known[member] is JsonObject { Count: > 0 } inner && node is JsonObject more)
            {
                Walk(of, inner, more, at + member + ".");
            }
            else
            {
                Add(of, at + member, node?.DeepClone());
            }
        }
    }

    private void ReadFile((string Setting, OptionLayer Layer, string Origin) of, string path, JsonNode? node)
    {
        var name = $"{Section}.{of.Setting}.{path}";
        if (node?.GetValueKind() != JsonValueKind.String)
        {
            errors.Add($"{of.Origin}: {name}File must be the name of a file");
            return;
        }

        if (readText(node.GetValue<string>(), $"{name}File (from {of.Origin})") is not { } text) return;
        var usual = SettingPins.At(Find(of.Setting)!.Usual, path);
        var value = FromText(text, usual, out var complaint);
        if (complaint.Length > 0) errors.Add($"{name}File (from {of.Origin}): {complaint}");
        else Add(of, path, value);
    }

    private void Add((string Setting, OptionLayer Layer, string Origin) of, string path, JsonNode? value) =>
        _found.Add((new SettingPin(of.Setting, path, value, SourceOf(of.Layer), of.Origin), of.Layer));

    private static (string Path, JsonNode? Usual, bool IsFile)? Leaf(JsonObject known, string plain, string at)
    {
        foreach (var (name, usual) in known)
        {
            var own = OptionDefinition.Plain(name);
            if (plain == own) return (at + name, usual, false);
            if (plain == own + "file" && !known.Any(m => IsSame(m.Key, plain))) return (at + name, usual, true);
            if (usual is JsonObject { Count: > 0 } inner && plain.StartsWith(own, StringComparison.Ordinal)
                && Leaf(inner, plain[own.Length..], at + name + ".") is { } leaf) return leaf;
        }

        return null;
    }

    private static JsonNode? FromText(string text, JsonNode? usual, out string complaint)
    {
        complaint = "";
        var trimmed = text.Trim();
        switch (usual?.GetValueKind())
        {
            case JsonValueKind.String:
                return JsonValue.Create(text);
            case JsonValueKind.True or JsonValueKind.False:
                if (!Switch.TryRead(trimmed, out var on)) complaint = $"\"{trimmed}\" is not true or false";
                return JsonValue.Create(on);
            case JsonValueKind.Number:
                var isNumber = decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
                if (!isNumber) complaint = $"\"{trimmed}\" is not a number";
                return isNumber ? Parse(trimmed) : null;
            case JsonValueKind.Array when !trimmed.StartsWith('['):
                return new JsonArray([.. trimmed.Split(
                    ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(t => (JsonNode)JsonValue.Create(t)!)]);
            case null:
                return Parse(trimmed) ?? JsonValue.Create(text);
            default:
                var node = Parse(trimmed);
                if (node is null) complaint = "it is not JSON";
                return node;
        }
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: ForPeople);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SettingKey? Find(string name) =>
        SettingCatalog.All.FirstOrDefault(s => IsSame(s.Key.Name, name)).Key;

    private static bool IsSame(string one, string other) =>
        OptionDefinition.Plain(one) == OptionDefinition.Plain(other);

    private static string SourceOf(OptionLayer layer) =>
        layer is OptionLayer.DataFolderFile or OptionLayer.ConfigFile ? "file" : "environment";

    private static string Names() => string.Join(", ", SettingCatalog.All.Select(s => s.Key.Name));
}
