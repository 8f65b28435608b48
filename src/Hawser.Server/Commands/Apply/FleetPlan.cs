using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser.Server.Commands.Apply;

/// <summary>What is done to something.</summary>
internal enum FleetAction
{
    Add,
    Change,
    Remove,
}

/// <summary>A part of a set: a device of a group, a tag, a share or an entry of an address book.</summary>
/// <param name="Action">What is done to it.</param>
/// <param name="Set">Which set.</param>
/// <param name="Name">Which part.</param>
/// <param name="Value">What it shall be; null for parts that are only there or not.</param>
internal sealed record FleetPart(FleetAction Action, string Set, string Name, JsonNode? Value);

/// <summary>A change.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Item">What the file says; for a removal its name only.</param>
/// <param name="Known">What is there; null: it is made.</param>
/// <param name="Keys">The keys that change, but for sets.</param>
/// <param name="Parts">The parts of sets that change.</param>
/// <param name="Details">The change in words, a line each.</param>
internal sealed record FleetChange(
    FleetAction Action, FleetItem Item, FleetState.Known? Known, IReadOnlyList<string> Keys,
    IReadOnlyList<FleetPart> Parts, IReadOnlyList<string> Details);

/// <summary>What has to be done so that the server is as the file says; in the order in which it is done.</summary>
internal sealed class FleetPlan
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FleetFile _file;
    private readonly FleetState _state;
    private readonly bool _prune;
    private readonly List<FleetChange> _changes = [];
    private readonly List<string> _errors = [];

    private FleetPlan(FleetFile file, FleetState state, bool prune) =>
        (_file, _state, _prune) = (file, state, prune);

    /// <summary>The changes.</summary>
    public IReadOnlyList<FleetChange> Changes => _changes;

    /// <summary>How many are as the file says.</summary>
    public int Unchanged { get; private set; }

    /// <summary>Compares.</summary>
    /// <exception cref="StartupException">The file names what is not there; all of it is told.</exception>
    public static FleetPlan Make(FleetFile file, FleetState state, bool prune)
    {
        var plan = new FleetPlan(file, state, prune);
        plan.CheckDevices();
        foreach (var section in FleetSchema.Order)
        {
            foreach (var item in file.Items.Where(i => i.Section == section)) plan.Compare(item);
        }

        if (prune) plan.Prune();
        return plan._errors.Count == 0 ? plan : throw new StartupException(string.Join('\n', plan._errors));
    }

    private void Compare(FleetItem item)
    {
        Check(item);
        if (_state.Ambiguous.Contains((item.Section, FleetState.Key(item.Name))))
        {
            _errors.Add(_file.At(item.Line, $"there are several {item.Section} \"{item.Name}\" on the server."));
            return;
        }

        var known = _state.Find(item.Section, item.Name);
        if (known is null && item.Section == "access_rules"
            && (!item.Wanted.ContainsKey("from") || !item.Wanted.ContainsKey("to")))
        {
            _errors.Add(_file.At(item.Line, $"the new rule \"{item.Name}\" needs from and to."));
        }

        var (keys, parts, details) = (new List<string>(), new List<FleetPart>(), new List<string>());
        foreach (var (key, value) in item.Wanted)
        {
            if (FleetSchema.IsSet(key))
            {
                CompareSet(key, value, known?.Now[key], parts, details);
                continue;
            }

            var now = known?.Now[key];
            if (known is not null && IsSame(key, now, value)) continue;
            keys.Add(key);
            details.Add(known is null ? $"{key}: {Shown(value)}" : $"{key}: {Shown(now)} -> {Shown(value)}");
        }

        if (known is not null && details.Count == 0) Unchanged++;
        else _changes.Add(new FleetChange(
            known is null ? FleetAction.Add : FleetAction.Change, item, known, keys, parts, details));
    }

    private void CompareSet(
        string key, JsonNode? wanted, JsonNode? now, List<FleetPart> parts, List<string> details)
    {
        var (shall, there) = (Parts(wanted), Parts(now));
        foreach (var (name, value) in shall)
        {
            if (!there.TryGetValue(name, out var before)) Note(FleetAction.Add, name, value, $"+ {name}");
            else if (!IsSamePart(before, value)) Note(
                FleetAction.Change, name, value, $"{name}: {Shown(before)} -> {Shown(value)}");
        }

        if (!_prune) return;
        foreach (var name in there.Keys.Where(n => !shall.ContainsKey(n))) Note(
            FleetAction.Remove, name, null, $"- {name}");

        void Note(FleetAction action, string name, JsonNode? value, string text)
        {
            parts.Add(new FleetPart(action, key, name, value));
            details.Add($"{key}: {text}" + (action == FleetAction.Add && value is not null ? $" {Shown(value)}" : ""));
        }
    }

    private void Prune()
    {
        foreach (var section in FleetSchema.Order.Reverse().Where(_file.Sections.Contains))
        {
            var wanted = _file.Items.Where(i => i.Section == section).Select(i => FleetState.Key(i.Name)).ToHashSet();
            foreach (var known in _state.All.Where(k => k.Section == section && !k.IsFixed
                && !wanted.Contains(FleetState.Key(k.Name))).OrderBy(k => k.Name, StringComparer.Ordinal))
            {
                _changes.Add(new FleetChange(
                    FleetAction.Remove, new FleetItem(section, known.Name, 0, []), known, [], [], []));
            }
        }
    }

    // What is named must be there already, or be made by the file.
    private void Check(FleetItem item)
    {
        Named(item, "control_roles", Text(item, "control_role"));
        Named(item, "strategies", Text(item, "strategy"));
        foreach (var key in new[] { "from", "to" })
        {
            var end = Text(item, key).Split(' ', 2);
            if (end is ["user_group", var users]) Named(item, "user_groups", users);
            if (end is ["device_group", var devices]) Named(item, "device_groups", devices);
        }

        foreach (var (who, _) in item.Wanted["shares"] as JsonObject ?? [])
        {
            if (who.StartsWith("group ", StringComparison.Ordinal)) Named(item, "user_groups", who["group ".Length..]);
        }
    }

    private void Named(FleetItem item, string section, string name)
    {
        if (name.Length == 0 || _state.Find(section, name) is not null || _file.Items.Any(
            i => i.Section == section && FleetState.Key(i.Name) == FleetState.Key(name))) return;
        _errors.Add(_file.At(
            item.Line, $"{item.Section} \"{item.Name}\": there is no \"{name}\" in {section}, here or on the server."));
    }

    private void CheckDevices()
    {
        var seen = new Dictionary<string, FleetItem>(StringComparer.Ordinal);
        foreach (var item in _file.Items)
        {
            foreach (var id in (item.Wanted["devices"] as JsonArray ?? []).Select(d => d!.ToString()))
            {
                if (!_state.Devices.Contains(id))
                {
                    _errors.Add(_file.At(item.Line, $"{item.Section} \"{item.Name}\": there is no device {id}."));
                }

                if (!seen.TryAdd(id, item)) _errors.Add(_file.At(item.Line,
                    $"device {id} is in \"{item.Name}\" and in \"{seen[id].Name}\" (line {seen[id].Line}); "
                    + "a file puts a device into one group."));
            }
        }
    }

    private static string Text(FleetItem item, string key) => item.Wanted[key]?.ToString() ?? "";

    // Names of others are compared as the server compares them.
    private static bool IsSame(string key, JsonNode? now, JsonNode? wanted) => key switch
    {
        "from" or "to" or "control_role" or "strategy" => string.Equals(
            now?.ToString(), wanted?.ToString().Trim(), StringComparison.OrdinalIgnoreCase),
        "permissions" => JsonNode.DeepEquals(now, Set(wanted)),
        "schedule" => JsonNode.DeepEquals(now, wanted is JsonObject ? wanted : new JsonObject()),
        _ => JsonNode.DeepEquals(now, wanted),
    };

    private static JsonObject Set(JsonNode? permissions)
    {
        var set = new JsonObject();
        foreach (var (name, value) in permissions as JsonObject ?? [])
        {
            if (value?.ToString() != "unset") set[name] = value?.DeepClone();
        }

        return set;
    }

    // Of an entry only what the file says counts.
    private static bool IsSamePart(JsonNode? now, JsonNode? wanted) =>
        wanted is JsonObject some && now is JsonObject before
            ? some.All(p => JsonNode.DeepEquals(before[p.Key], p.Value)) : JsonNode.DeepEquals(now, wanted);

    private static Dictionary<string, JsonNode?> Parts(JsonNode? node)
    {
        var parts = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase);
        if (node is JsonArray list) foreach (var name in list) parts[name!.ToString()] = null;
        if (node is JsonObject map) foreach (var (name, value) in map) parts[name] = value;
        return parts;
    }

    private static string Shown(JsonNode? value) => value is JsonValue number && number.TryGetValue<long>(out var argb)
        && argb > int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"#{argb & 0xFFFFFF:x6}")
        : value?.ToJsonString(Plain) ?? "nothing";
}
