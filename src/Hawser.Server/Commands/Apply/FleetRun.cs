using System.Text.Json.Nodes;

namespace Hawser.Server.Commands.Apply;

/// <summary>Does what a plan says, call by call. What is done twice does no harm.</summary>
internal sealed class FleetRun(AdminCalls api, FleetFile file, FleetState state, CancellationToken cancellationToken)
{
    private readonly Dictionary<(string Section, string Name), string> _made = [];

    /// <summary>Does one change.</summary>
    /// <exception cref="StartupException">The server refuses; the sentence names the line.</exception>
    public async Task DoAsync(FleetChange change)
    {
        try
        {
            await (change.Action == FleetAction.Remove ? RemoveAsync(change) : SetAsync(change));
        }
        catch (StartupException e)
        {
            var what = $"{change.Item.Section} \"{change.Item.Name}\": {e.Message}";
            throw new StartupException(change.Item.Line > 0 ? file.At(change.Item.Line, what) : what, e);
        }
    }

    private Task SetAsync(FleetChange change) => change.Item.Section switch
    {
        "control_roles" => StoreAsync(change, "/api/control-roles", []),
        "strategies" => StoreAsync(change, "/api/strategies", new() { ["options"] = "config_options" }),
        "user_groups" => StoreAsync(change, "/api/user-groups", []),
        "device_groups" => SetGroupAsync(change),
        "access_rules" => StoreAsync(
            change, "/api/access/rules", new() { ["from"] = "subject", ["to"] = "target" }),
        _ => SetBookAsync(change),
    };

    // Our own routes and the field's take the same bodies for these: what changes, by name.
    private async Task<string> StoreAsync(FleetChange change, string path, Dictionary<string, string> names)
    {
        var body = new JsonObject();
        foreach (var key in change.Keys.Where(k => k != "strategy"))
        {
            var value = change.Item.Wanted[key];
            body[names.GetValueOrDefault(key, key)] = key switch
            {
                "from" or "to" => End(value!.ToString()),
                "schedule" => value as JsonObject is { } schedule ? schedule.DeepClone() : new JsonObject(),
                _ => value?.DeepClone(),
            };
        }

        if (change.Known is { } known)
        {
            if (body.Count > 0) await SendAsync(HttpMethod.Patch, $"{path}/{known.Guid}", body);
            return known.Guid;
        }

        body["name"] = change.Item.Name;
        return Made(change, await SendAsync(HttpMethod.Post, path, body));
    }

    private async Task SetGroupAsync(FleetChange change)
    {
        var guid = await StoreAsync(change, "/api/device-groups", []);
        if (change.Keys.Contains("strategy"))
        {
            var name = change.Item.Wanted["strategy"]?.ToString() ?? "";
            var body = new JsonObject
            {
                ["peers"] = new JsonArray(), ["users"] = new JsonArray(), ["groups"] = new JsonArray(guid),
            };
            if (name.Length > 0) body["strategy"] = GuidOf("strategies", name);
            await SendAsync(HttpMethod.Post, "/api/strategies/assign", body);
        }

        await ListAsync(HttpMethod.Post, $"/api/device-groups/{guid}", change, "devices", FleetAction.Add);
        await ListAsync(HttpMethod.Delete, $"/api/device-groups/{guid}/devices", change, "devices", FleetAction.Remove);
    }

    private async Task SetBookAsync(FleetChange change)
    {
        string guid;
        if (change.Known is { } known)
        {
            guid = known.Guid;
            if (change.Keys.Contains("note"))
            {
                await SendAsync(HttpMethod.Put, "/api/ab/shared/update/profile", new JsonObject
                {
                    ["guid"] = guid, ["note"] = change.Item.Wanted["note"]?.DeepClone(),
                });
            }
        }
        else
        {
            guid = Made(change, await SendAsync(HttpMethod.Post, "/api/ab/shared/add", new JsonObject
            {
                ["name"] = change.Item.Name, ["note"] = change.Item.Wanted["note"]?.DeepClone(),
            }));
        }

        foreach (var part in change.Parts.Where(p => p.Set == "tags" && p.Action != FleetAction.Remove))
        {
            var body = new JsonObject { ["name"] = part.Name, ["color"] = part.Value?.DeepClone() };
            await (part.Action == FleetAction.Add
                ? SendAsync(HttpMethod.Post, $"/api/ab/tag/add/{guid}", body)
                : SendAsync(HttpMethod.Put, $"/api/ab/tag/update/{guid}", body));
        }

        foreach (var part in change.Parts.Where(p => p.Set == "entries" && p.Action != FleetAction.Remove))
        {
            var body = (JsonObject)part.Value!.DeepClone();
            body["id"] = part.Name;
            await (part.Action == FleetAction.Add
                ? SendAsync(HttpMethod.Post, $"/api/ab/peer/add/{guid}", body)
                : SendAsync(HttpMethod.Put, $"/api/ab/peer/update/{guid}", body));
        }

        foreach (var part in change.Parts.Where(p => p.Set == "shares")) await ShareAsync(change, guid, part);
        await ListAsync(HttpMethod.Delete, $"/api/ab/peer/{guid}", change, "entries", FleetAction.Remove);
        await ListAsync(HttpMethod.Delete, $"/api/ab/tag/{guid}", change, "tags", FleetAction.Remove);
    }

    private async Task ShareAsync(FleetChange change, string book, FleetPart part)
    {
        // By its name as the server has it, whatever the file's letters are.
        var share = change.Known?.Shares.FirstOrDefault(
            s => string.Equals(s.Key, part.Name, StringComparison.OrdinalIgnoreCase)).Value;
        if (part.Action == FleetAction.Remove)
        {
            await SendAsync(HttpMethod.Delete, "/api/ab/rules", new JsonArray(share));
            return;
        }

        var rule = Array.IndexOf(FleetSchema.Permissions, part.Value!.ToString()) + 1;
        if (part.Action == FleetAction.Change)
        {
            await SendAsync(HttpMethod.Patch, "/api/ab/rule", new JsonObject { ["guid"] = share, ["rule"] = rule });
            return;
        }

        var body = new JsonObject { ["guid"] = book, ["rule"] = rule };
        if (part.Name.Split(' ', 2) is [var kind, var name]) body[kind] = name;
        await SendAsync(HttpMethod.Post, "/api/ab/rule", body);
    }

    private async Task ListAsync(
        HttpMethod method, string path, FleetChange change, string set, FleetAction action)
    {
        var names = change.Parts.Where(p => p.Set == set && p.Action == action).Select(p => p.Name).ToList();
        foreach (var some in names.Chunk(1000))
        {
            await SendAsync(method, path, new JsonArray([.. some.Select(n => (JsonNode)n)]));
        }
    }

    private Task<JsonNode?> RemoveAsync(FleetChange change)
    {
        var guid = change.Known!.Guid;
        return change.Item.Section switch
        {
            "control_roles" => SendAsync(HttpMethod.Delete, $"/api/control-roles/{guid}", null),
            "strategies" => SendAsync(HttpMethod.Delete, $"/api/strategies/{guid}", null),
            "user_groups" => SendAsync(HttpMethod.Delete, $"/api/user-groups/{guid}", null),
            "device_groups" => SendAsync(HttpMethod.Delete, $"/api/device-groups/{guid}", null),
            "access_rules" => SendAsync(HttpMethod.Delete, $"/api/access/rules/{guid}", null),
            _ => SendAsync(HttpMethod.Delete, "/api/ab/shared", new JsonArray(guid)),
        };
    }

    private static JsonObject End(string text)
    {
        var parts = text.Split(' ', 2);
        var end = new JsonObject { ["kind"] = parts[0] };
        if (parts.Length == 2) end["name"] = parts[1];
        return end;
    }

    private string Made(FleetChange change, JsonNode? answer)
    {
        var guid = answer?["guid"]?.ToString() ?? "";
        _made[(change.Item.Section, FleetState.Key(change.Item.Name))] = guid;
        return guid;
    }

    private string GuidOf(string section, string name) =>
        state.Find(section, name)?.Guid ?? _made.GetValueOrDefault((section, FleetState.Key(name)), "");

    private Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body) =>
        api.SendAsync(method, path, body, cancellationToken);
}
