using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Import;

namespace Hawser.Api.Imports;

/// <summary>
/// Reads what a token may of a Pro server, or of another Hawser, by the admin API that the vendor's scripts use
/// (admin reference §4). What the token may not read is passed over and told.
/// </summary>
internal sealed class ProReader(ProClient client, Func<string, string> protect)
{
    private const int MostBooks = 2000;
    private readonly ForeignServer _server = new();
    private bool _mayAnything;

    /// <summary>Reads all of it.</summary>
    /// <exception cref="ProFault">It can't be read.</exception>
    public async Task<ForeignServer> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await RowsAsync("/api/users", "Users", cancellationToken)) AddUser(row);
        foreach (var row in await RowsAsync("/api/user-groups", "User groups", cancellationToken)) AddUserGroup(row);
        foreach (var row in await RowsAsync("/api/device-groups", "Device groups", cancellationToken))
        {
            AddDeviceGroup(row);
        }

        foreach (var row in await RowsAsync("/api/devices", "Devices", cancellationToken)) AddDevice(row);
        await AddStrategiesAsync(cancellationToken);
        await AddBooksAsync(cancellationToken);
        if (!_mayAnything) throw new ProFault("forbidden", "The token may read nothing of what is wanted.");
        return _server;
    }

    private async Task<List<ProRow>> RowsAsync(string path, string what, CancellationToken cancellationToken)
    {
        var rows = await client.ListAsync(path, cancellationToken);
        if (rows is null) _server.Notes.Add($"{what}: the token may not read them.");
        else _mayAnything = true;
        return rows ?? [];
    }

    private void AddUser(ProRow row)
    {
        var name = row.Name("name");
        if (!IsName(name, "user")) return;
        _server.Users.Add(new ForeignUser
        {
            Name = name,
            DisplayName = row.Name("display_name"),
            Email = row.Name("email", 254),
            Note = row.Text("note", 1000),
            Status = row.Number("status") switch
            {
                0 => UserStatus.Disabled, -1 => UserStatus.Unverified, _ => UserStatus.Normal,
            },
            IsAdmin = row.Flag("is_admin"),
            Group = Named(row, "group_name"),
            Strategy = Named(row, "strategy_name"),
            ControlRole = Named(row, "control_role"),
            CreatedAt = row.Time("created_at"),
        });
    }

    private void AddUserGroup(ProRow row)
    {
        var name = row.Name("name");
        if (!IsName(name, "user group")) return;
        _server.UserGroups.Add(new ForeignGroup(name, row.Text("note", 1000)));
        AddIncomings(row, AccessTarget.UserGroup, name);
        foreach (var to in row.Rows("allowed_outgoings"))
        {
            AccessTarget? kind = to.Number("type") switch
            {
                0 => AccessTarget.UserGroup, 1 => AccessTarget.DeviceGroup, _ => null,
            };
            if (kind is { } target)
            {
                _server.Rules.Add(new ForeignRule(AccessSubject.UserGroup, name, target, to.Name("name")));
            }
        }
    }

    private void AddDeviceGroup(ProRow row)
    {
        var name = row.Name("name");
        if (!IsName(name, "device group")) return;
        _server.DeviceGroups.Add(new ForeignGroup(name, row.Text("note", 1000), Named(row, "strategy_name")));
        AddIncomings(row, AccessTarget.DeviceGroup, name);
    }

    private void AddIncomings(ProRow row, AccessTarget to, string name)
    {
        foreach (var from in row.Rows("allowed_incomings"))
        {
            AccessSubject? kind = from.Number("type") switch
            {
                0 => AccessSubject.UserGroup, 2 => AccessSubject.User, _ => null,
            };
            if (kind is { } subject) _server.Rules.Add(new ForeignRule(subject, from.Name("name"), to, name));
        }
    }

    private void AddDevice(ProRow row)
    {
        var id = row.Name("id", 253);
        if (id.Length == 0) return;
        _server.Devices.Add(new ForeignDevice(id)
        {
            Owner = Named(row, "user_name"),
            Group = Named(row, "device_group_name"),
            Strategy = Named(row, "strategy_name"),
            Note = row.Text("note", 1000),
            IsDisabled = row.Number("status") == 0,
        });
    }

    private async Task AddStrategiesAsync(CancellationToken cancellationToken)
    {
        // A bare list, unlike all others.
        if (await client.GetAsync("/api/strategies", cancellationToken) is not { } answer)
        {
            _server.Notes.Add("Strategies: the token may not read them.");
            return;
        }

        _mayAnything = true;
        if (answer.ValueKind != System.Text.Json.JsonValueKind.Array) return;
        foreach (var row in answer.EnumerateArray().Take(MostBooks).Select(e => new ProRow(e)))
        {
            var name = row.Name("name");
            if (!IsName(name, "strategy")) continue;
            var (options, left) = OptionsOf(row.Map("config_options"));
            if (left > 0) _server.Notes.Add($"Strategy '{name}': {left} options that are not taken here are left out.");
            var enabled = row.Number("enabled") ?? row.Number("status") ?? (row.Flag("enabled") ? 1 : 0);
            _server.Strategies.Add(new ForeignStrategy(name, row.Text("note", 1000), enabled != 0, options));
        }
    }

    private static (string Options, int Left) OptionsOf(Dictionary<string, string> sent)
    {
        var kept = sent.Where(o => StrategyRules.Check(
            new Dictionary<string, string>(StringComparer.Ordinal) { [o.Key] = o.Value }, stopConfirmed: false)
            .Errors.Count == 0).Take(200).ToDictionary(StringComparer.Ordinal);
        return (StrategyRules.Write(kept), sent.Count - kept.Count);
    }

    private async Task AddBooksAsync(CancellationToken cancellationToken)
    {
        var books = await RowsAsync("/api/ab/shared/profiles", "Address books", cancellationToken);
        foreach (var row in books.Take(MostBooks))
        {
            var (key, name) = (row.Text("guid", 64), row.Name("name"));
            if (key.Length == 0 || !IsName(name, "address book")) continue;
            _server.Books.Add(new ForeignBook(key, row.Name("owner"), name, IsPersonal: false)
            {
                Note = row.Text("note", 1000),
                Password = Protected(row.In("info").Text("password", 300)),
            });
            await AddBookAsync(key, name, cancellationToken);
        }

        _server.Notes.Add(
            "Personal address books stay behind: a token reads none of other people's. Each can take the own one along "
            + "as a file.");
    }

    private async Task AddBookAsync(string key, string name, CancellationToken cancellationToken)
    {
        var query = "?ab=" + Uri.EscapeDataString(key);
        foreach (var row in await client.ListAsync("/api/ab/peers" + query, cancellationToken) ?? [])
        {
            var id = row.Name("id", 300);
            if (id.Length > 0) _server.Entries.Add(EntryOf(key, id, row));
        }

        if (await client.GetAsync("/api/ab/tags/" + Uri.EscapeDataString(key), cancellationToken) is
            { ValueKind: System.Text.Json.JsonValueKind.Array } tags)
        {
            foreach (var row in tags.EnumerateArray().Take(MostBooks).Select(e => new ProRow(e)))
            {
                if (row.Name("name") is { Length: > 0 } tag)
                {
                    _server.Tags.Add(new ForeignTag(key, tag, row.Number("color") ?? 0xFF2196F3));
                }
            }
        }

        if (await client.ListAsync("/api/ab/rules" + query, cancellationToken) is not { } rules)
        {
            _server.Notes.Add($"Address book '{name}': the token may not read for whom it is.");
            return;
        }

        foreach (var row in rules)
        {
            var (user, group) = (row.Name("user"), row.Name("group"));
            // What names nobody any more is not everybody's.
            if (user.Length == 0 && group.Length == 0 && (row.Has("user") || row.Has("group"))) continue;
            _server.Shares.Add(new ForeignShare(key, user, group, (int)(row.Number("rule") is >= 1 and <= 3 and { } r
                ? r : 0)));
        }
    }

    private ForeignEntry EntryOf(string book, string id, ProRow row) => new()
    {
        Book = book,
        Id = id,
        Alias = row.Name("alias", 255),
        Note = row.Text("note", 1000),
        Username = row.Name("username", 255),
        Hostname = row.Name("hostname", 255),
        Platform = row.Name("platform", 32),
        Tags = row.Texts("tags", 128),
        Password = Protected(row.Text("password", 300)),
        ForceAlwaysRelay = row.Flag("forceAlwaysRelay"),
        RdpPort = row.Name("rdpPort", 16),
        RdpUsername = row.Name("rdpUsername", 255),
        LoginName = row.Name("loginName", 255),
    };

    private string Protected(string secret) => secret.Length == 0 ? "" : protect(secret);

    // Where there is none, lists say so with a hyphen.
    private static string Named(ProRow row, string member) => row.Name(member) is var name && name == "-" ? "" : name;

    private bool IsName(string name, string what)
    {
        if (NameText.Complaint(name) is null) return true;
        _server.Notes.Add($"One {what} was skipped: its name can not be one here.");
        return false;
    }
}
