using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hawser.Server.Commands.Apply;

/// <summary>Something that the file wants to be there.</summary>
/// <param name="Section">Which kind.</param>
/// <param name="Name">By which it is found.</param>
/// <param name="Line">Where it is written.</param>
/// <param name="Wanted">What it shall be like; keys that are missing are left as they are.</param>
internal sealed record FleetItem(string Section, string Name, long Line, JsonObject Wanted);

/// <summary>
/// A file of <c>hawser apply</c>: read strictly, because a key with a typing error would silently not apply. Every
/// complaint names the line.
/// </summary>
internal sealed class FleetFile
{
    private const int MaxBytes = 4 << 20;
    private const int MaxDepth = 12;

    private readonly List<string> _errors = [];
    private readonly string _name;
    private readonly List<FleetItem> _items = [];

    private FleetFile(string name) => _name = name;

    /// <summary>Everything in it, in the order of the file.</summary>
    public IReadOnlyList<FleetItem> Items => _items;

    /// <summary>The sections that the file has, also empty ones.</summary>
    public HashSet<string> Sections { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="StartupException">Something is wrong with it; everything that is, is told.</exception>
    public static FleetFile Read(string name, string text)
    {
        if (text.Length > MaxBytes) throw new StartupException($"{name}: more than {MaxBytes >> 20} MB.");
        var file = new FleetFile(name);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents.Count > 1) throw new StartupException($"{name}: one document, please.");
            if (yaml.Documents.Count == 1) file.ReadRoot(yaml.Documents[0].RootNode);
        }
        catch (YamlException e)
        {
            throw new StartupException(
                $"{name}:{e.Start.Line}: this is no YAML: {e.InnerException?.Message ?? e.Message}", e);
        }

        return file._errors.Count == 0 ? file : throw new StartupException(string.Join('\n', file._errors));
    }

    /// <summary>What to say of something in a line.</summary>
    public string At(long line, string text) => $"{_name}:{line}: {text}";

    private void ReadRoot(YamlNode root)
    {
        if (root is YamlScalarNode { Value: null or "" }) return;
        foreach (var (key, node) in Pairs(root, "The file"))
        {
            if (!FleetSchema.Sections.TryGetValue(Text(key), out var schema))
            {
                Complain(key, $"\"{Text(key)}\" is no section; sections are {string.Join(", ", FleetSchema.Order)}.");
                continue;
            }

            Sections.Add(Text(key));
            if (IsNull(node)) continue;
            if (node is not YamlSequenceNode list)
            {
                Complain(node, $"{Text(key)} is a list.");
                continue;
            }

            foreach (var item in list) ReadItem(Text(key), schema, item);
        }

        foreach (var twice in _items.GroupBy(i => (i.Section, i.Name.ToUpperInvariant())).Where(g => g.Count() > 1))
        {
            var last = twice.Last();
            _errors.Add(At(
                last.Line, $"{last.Section} \"{last.Name}\" is there twice; first in line {twice.First().Line}."));
        }
    }

    private void ReadItem(string section, IReadOnlyDictionary<string, FleetKind> schema, YamlNode node)
    {
        var wanted = new JsonObject();
        foreach (var (key, value) in Pairs(node, $"An item of {section}"))
        {
            if (!schema.TryGetValue(Text(key), out var kind))
            {
                Complain(key, $"\"{Text(key)}\" is no key of {section}; keys are {string.Join(", ", schema.Keys)}.");
            }
            else if (wanted.ContainsKey(Text(key)))
            {
                Complain(key, $"\"{Text(key)}\" is there twice.");
            }
            else if (ReadValue(kind, value) is { } read)
            {
                wanted[Text(key)] = read;
            }
        }

        var name = wanted["name"]?.GetValue<string>().Trim() ?? "";
        if (name.Length == 0 && node is YamlMappingNode) Complain(node, $"An item of {section} has no name.");
        wanted.Remove("name");
        _items.Add(new FleetItem(section, name, node.Start.Line, wanted));
    }

    private JsonNode? ReadValue(FleetKind kind, YamlNode node) => kind switch
    {
        FleetKind.Text => Scalar(node, "a text"),
        FleetKind.Flag => Scalar(node, "true or false") is { } text
            ? bool.TryParse(text.GetValue<string>(), out var flag) ? JsonValue.Create(flag)
                : Wrong(node, "This is true or false.") : null,
        FleetKind.Number => Scalar(node, "a number") is { } text
            ? int.TryParse(text.GetValue<string>(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var number) ? JsonValue.Create(number) : Wrong(node, "This is a whole number.") : null,
        FleetKind.Texts => ReadTexts(node),
        FleetKind.TextMap => ReadMap(node, value => Scalar(value, "a text")),
        FleetKind.Colours => ReadMap(node, ReadColour),
        FleetKind.End => ReadEnd(node),
        FleetKind.Anything => Anything(node, 0),
        FleetKind.Shares => ReadShares(node),
        FleetKind.Entries => ReadEntries(node),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private JsonNode? ReadTexts(YamlNode node)
    {
        if (IsNull(node)) return new JsonArray();
        if (node is not YamlSequenceNode list) return Wrong(node, "This is a list of texts.");
        // In order and once, so that the order of a file changes nothing.
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            if (Scalar(item, "a text") is { } text) texts.Add(text.GetValue<string>());
        }

        return new JsonArray([.. texts.Select(t => (JsonNode)t)]);
    }

    private JsonObject ReadMap(YamlNode node, Func<YamlNode, JsonNode?> read)
    {
        var map = new JsonObject();
        if (IsNull(node)) return map;
        foreach (var (key, value) in Pairs(node, "This"))
        {
            if (map.ContainsKey(Text(key))) Complain(key, $"\"{Text(key)}\" is there twice.");
            else if (read(value) is { } one) map[Text(key)] = one;
        }

        return map;
    }

    // #rrggbb, opaque; as the wire has it: ARGB.
    private JsonNode? ReadColour(YamlNode node)
    {
        var text = (node as YamlScalarNode)?.Value ?? "";
        return text.Length == 7 && text[0] == '#' && uint.TryParse(
            text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)
            ? JsonValue.Create((long)(0xFF000000 | rgb)) : Wrong(node, "This is a colour such as \"#2196f3\".");
    }

    // everybody, or {user_group: Help desk}.
    private JsonNode? ReadEnd(YamlNode node)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } word }) return JsonValue.Create(word);
        var pairs = Pairs(node, "This").ToList();
        return pairs.Count == 1 && Scalar(pairs[0].Value, "a name") is { } name
            ? JsonValue.Create($"{Text(pairs[0].Key)} {name.GetValue<string>()}")
            : Wrong(node, "This is a word, or one kind and one name: {user_group: Help desk}.");
    }

    private JsonObject ReadShares(YamlNode node)
    {
        var all = new JsonObject();
        foreach (var item in Sequence(node))
        {
            var map = ReadMap(item, value => Scalar(value, "a text"));
            var permission = map["permission"]?.GetValue<string>() ?? "";
            map.Remove("permission");
            var (kind, name) = map.Count == 1
                ? (map.First().Key, map.First().Value!.GetValue<string>()) : ("", "");
            var who = kind switch { "user" or "group" => $"{kind} {name}", "everybody" => "everybody", _ => "" };
            if (who.Length == 0 || !FleetSchema.Permissions.Contains(permission, StringComparer.Ordinal))
            {
                Complain(item, "A share is {user: NAME, permission: read}, {group: NAME, …} or {everybody: true, …}; "
                    + $"permissions are {string.Join(", ", FleetSchema.Permissions)}.");
            }
            else
            {
                all[who] = permission;
            }
        }

        return all;
    }

    private JsonObject ReadEntries(YamlNode node)
    {
        var all = new JsonObject();
        foreach (var item in Sequence(node))
        {
            var entry = new JsonObject();
            foreach (var (key, value) in Pairs(item, "An entry"))
            {
                var name = Text(key);
                if (name is not ("id" or "alias" or "note" or "tags"))
                {
                    Complain(key, $"\"{name}\" is no key of an entry; keys are id, alias, note, tags.");
                }
                else if ((name == "tags" ? ReadTexts(value) : Scalar(value, "a text")) is { } read)
                {
                    entry[name] = read;
                }
            }

            var id = entry["id"]?.GetValue<string>() ?? "";
            entry.Remove("id");
            if (id.Length == 0) Complain(item, "An entry has no id.");
            else if (all.ContainsKey(id)) Complain(item, $"The entry {id} is there twice.");
            else all[id] = entry;
        }

        return all;
    }

    private JsonNode? Anything(YamlNode node, int depth)
    {
        if (depth > MaxDepth) return Wrong(node, "This is too deep.");
        switch (node)
        {
            case YamlMappingNode map:
                var made = new JsonObject();
                foreach (var (key, value) in map.Children) made[Text(key)] = Anything(value, depth + 1);
                return made;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Select(n => Anything(n, depth + 1))]);
            case YamlScalarNode { Style: ScalarStyle.Plain } plain when bool.TryParse(plain.Value, out var flag):
                return JsonValue.Create(flag);
            case YamlScalarNode { Style: ScalarStyle.Plain } plain when long.TryParse(
                plain.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return JsonValue.Create(number);
            default:
                return JsonValue.Create((node as YamlScalarNode)?.Value ?? "");
        }
    }

    private YamlSequenceNode Sequence(YamlNode node)
    {
        if (node is YamlSequenceNode list) return list;
        if (!IsNull(node)) Complain(node, "This is a list.");
        return [];
    }

    private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Pairs(YamlNode node, string what)
    {
        if (node is YamlMappingNode map) return map.Children;
        Complain(node, $"{what} has keys and values.");
        return [];
    }

    private JsonValue? Scalar(YamlNode node, string what)
    {
        if (node is YamlScalarNode scalar) return JsonValue.Create(IsNull(node) ? "" : scalar.Value ?? "");
        Complain(node, $"This is {what}.");
        return null;
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode
    {
        Style: ScalarStyle.Plain, Value: null or "" or "~" or "null",
    };

    private static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? "";

    private JsonNode? Wrong(YamlNode node, string text)
    {
        Complain(node, text);
        return null;
    }

    private void Complain(YamlNode node, string text) => _errors.Add(At(node.Start.Line, text));
}
