using System.Text.Json.Nodes;

namespace Hawser.Server.Commands.Apply;

/// <summary>What is there now, in the form of the file; read for the sections that the file has.</summary>
internal sealed class FleetState
{
    private readonly Dictionary<(string Section, string Name), Known> _known = [];

    /// <summary>Something that is there.</summary>
    /// <param name="Section">Which kind.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Guid">Its identity.</param>
    /// <param name="Now">What it is like.</param>
    /// <param name="IsFixed">It can't be deleted.</param>
    public sealed record Known(string Section, string Name, string Guid, JsonObject Now, bool IsFixed = false)
    {
        /// <summary>The guids of its shares, by whom they are for.</summary>
        public Dictionary<string, string> Shares { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Everything that is there.</summary>
    public IEnumerable<Known> All => _known.Values;

    /// <summary>The ids of all devices; empty when the file names none.</summary>
    public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that stand for several, which no file can mean.</summary>
    public HashSet<(string Section, string Name)> Ambiguous { get; } = [];

    /// <summary>Finds by name.</summary>
    public Known? Find(string section, string name) => _known.GetValueOrDefault((section, Key(name)));

    /// <summary>Reads what a file is about.</summary>
    public static async Task<FleetState> ReadAsync(
        AdminCalls api, FleetFile file, CancellationToken cancellationToken)
    {
        var state = new FleetState();
        // What others name is read too: a rule may name a group that is in no section of the file.
        var needed = new HashSet<string>(file.Sections, StringComparer.Ordinal);
        if (needed.Contains("access_rules")) needed.UnionWith(["control_roles", "user_groups", "device_groups"]);
        if (needed.Contains("address_books")) needed.Add("user_groups");
        if (file.Items.Any(i => i.Wanted.ContainsKey("strategy"))) needed.Add("strategies");
        if (needed.Contains("control_roles")) await state.RolesAsync(api, cancellationToken);
        if (needed.Contains("strategies")) await state.StrategiesAsync(api, cancellationToken);
        if (needed.Contains("user_groups")) await state.UserGroupsAsync(api, cancellationToken);
        if (needed.Contains("device_groups"))
        {
            await state.DeviceGroupsAsync(
                api, file.Items.Any(i => i.Wanted.ContainsKey("devices")), cancellationToken);
        }

        if (needed.Contains("access_rules")) await state.RulesAsync(api, cancellationToken);
        if (needed.Contains("address_books")) await state.BooksAsync(api, file, cancellationToken);
        return state;
    }

    private async Task RolesAsync(AdminCalls api, CancellationToken cancellationToken)
    {
        foreach (var row in await api.AllAsync("/api/control-roles", cancellationToken))
        {
            var permissions = new JsonObject();
            foreach (var (name, value) in row["permissions"]!.AsObject())
            {
                if (value!.ToString() != "unset") permissions[name] = value.ToString();
            }

            Add("control_roles", row, new JsonObject
            {
                ["note"] = Text(row, "note"), ["enabled"] = row["enabled"]!.GetValue<bool>(),
                ["permissions"] = permissions,
            }, isFixed: Text(row, "kind") != "custom");
        }
    }

    private async Task StrategiesAsync(AdminCalls api, CancellationToken cancellationToken)
    {
        foreach (var row in await api.AllAsync("/api/strategies", cancellationToken))
        {
            Add("strategies", row, new JsonObject
            {
                ["note"] = Text(row, "note"), ["enabled"] = row["enabled"]!.GetValue<bool>(),
                ["options"] = row["config_options"]!.DeepClone(),
            });
        }
    }

    private async Task UserGroupsAsync(AdminCalls api, CancellationToken cancellationToken)
    {
        foreach (var row in await api.AllAsync("/api/user-groups", cancellationToken))
        {
            Add("user_groups", row, new JsonObject { ["note"] = Text(row, "note") },
                isFixed: row["is_default"]!.GetValue<bool>());
        }
    }

    private async Task DeviceGroupsAsync(AdminCalls api, bool members, CancellationToken cancellationToken)
    {
        var devices = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var row in members ? await api.AllAsync("/api/devices?sort=id", cancellationToken) : [])
        {
            Devices.Add(Text(row, "id"));
            var group = Key(Text(row, "device_group_name"));
            if (!devices.TryGetValue(group, out var all)) devices[group] = all = new(StringComparer.Ordinal);
            all.Add(Text(row, "id"));
        }

        foreach (var row in await api.AllAsync("/api/device-groups", cancellationToken))
        {
            Add("device_groups", row, new JsonObject
            {
                ["note"] = Text(row, "note"), ["rank"] = row["rank"]!.GetValue<int>(),
                ["strategy"] = Text(row, "strategy_name"),
                ["devices"] = new JsonArray([.. devices.GetValueOrDefault(Key(Text(row, "name")), [])
                    .Select(d => (JsonNode)d)]),
            });
        }
    }

    private async Task RulesAsync(AdminCalls api, CancellationToken cancellationToken)
    {
        foreach (var row in await api.AllAsync("/api/access/rules", cancellationToken))
        {
            // Rules without a name are of groups (their "can access to"); a file does not know them.
            if (Text(row, "name").Length == 0) continue;
            Add("access_rules", row, new JsonObject
            {
                ["note"] = Text(row, "note"), ["enabled"] = row["enabled"]!.GetValue<bool>(),
                ["from"] = End(row["subject"]!), ["to"] = End(row["target"]!),
                ["control_role"] = Text(row, "control_role"),
                ["schedule"] = row["schedule"]?.DeepClone() ?? new JsonObject(),
            });
        }
    }

    private async Task BooksAsync(AdminCalls api, FleetFile file, CancellationToken cancellationToken)
    {
        foreach (var row in await api.AllAsync("/api/ab/shared/profiles", cancellationToken))
        {
            var name = Text(row, "name");
            // Of others only so much is needed as says that they are there.
            var meant = file.Items.FirstOrDefault(i => i.Section == "address_books" && Key(i.Name) == Key(name));
            var now = new JsonObject { ["note"] = Text(row, "note") };
            var known = Add("address_books", row, now);
            var book = Uri.EscapeDataString(known.Guid);
            if (meant?.Wanted.ContainsKey("tags") == true)
            {
                var tags = new JsonObject();
                foreach (var tag in await api.AllAsync($"/api/ab/tags/{book}", cancellationToken))
                {
                    tags[Text(tag, "name")] = tag["color"]!.GetValue<long>();
                }

                now["tags"] = tags;
            }

            if (meant?.Wanted.ContainsKey("shares") == true)
            {
                now["shares"] = await SharesAsync(api, known, book, cancellationToken);
            }

            if (meant?.Wanted.ContainsKey("entries") == true)
            {
                now["entries"] = await EntriesAsync(api, book, cancellationToken);
            }
        }
    }

    private static async Task<JsonObject> SharesAsync(
        AdminCalls api, Known known, string book, CancellationToken cancellationToken)
    {
        var shares = new JsonObject();
        foreach (var share in await api.AllAsync($"/api/ab/rules?ab={book}", cancellationToken))
        {
            var who = share["user"] is { } user ? $"user {user}" : share["group"] is { } group ? $"group {group}"
                : "everybody";
            known.Shares[who] = Text(share, "guid");
            shares[who] = FleetSchema.Permissions[Math.Clamp(share["rule"]!.GetValue<int>(), 1, 3) - 1];
        }

        return shares;
    }

    private static async Task<JsonObject> EntriesAsync(
        AdminCalls api, string book, CancellationToken cancellationToken)
    {
        var entries = new JsonObject();
        foreach (var entry in await api.AllAsync($"/api/ab/peers?ab={book}", cancellationToken))
        {
            entries[Text(entry, "id")] = new JsonObject
            {
                ["alias"] = Text(entry, "alias"), ["note"] = Text(entry, "note"),
                ["tags"] = new JsonArray([.. entry["tags"]!.AsArray().Select(t => t!.ToString())
                    .Order(StringComparer.Ordinal).Select(t => (JsonNode)t)]),
            };
        }

        return entries;
    }

    private Known Add(string section, JsonObject row, JsonObject now, bool isFixed = false)
    {
        var known = new Known(section, Text(row, "name"), Text(row, "guid"), now, isFixed);
        if (!_known.TryAdd((section, Key(known.Name)), known)) Ambiguous.Add((section, Key(known.Name)));
        return known;
    }

    private static string End(JsonNode end) =>
        $"{end["kind"]} {end["name"]}".Trim();

    /// <summary>A name as names are compared.</summary>
    public static string Key(string name) => name.Trim().ToUpperInvariant();

    private static string Text(JsonObject row, string key) => row[key]?.ToString() ?? "";
}
