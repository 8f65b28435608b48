using System.CommandLine;
using System.Text.Json.Nodes;
using Hawser.Controller.Calling;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ab</c> and <c>devices</c>: what the account may reach (http-api §6, §7).</summary>
internal static class BookCommands
{
    private const string Personal = "My address book";

    public static Command AddressBooks(CallOptions calling)
    {
        var name = new Argument<string?>("book")
        {
            Description = "One book's entries; all books' when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("ab", "List the address books of the account that is logged in.") { name };
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var account = new Account(calling, parsed);
            using var api = account.Open(withToken: true);
            var only = parsed.GetValue(name);
            var books = await BooksAsync(api, cancellation);
            if (only is not null && books.All(b => b.Name != only))
            {
                var there = string.Join(", ", books.Select(b => b.Name));
                throw new Failure(Exit.Usage, $"There is no book '{only}'; there are: {there}.");
            }

            var entries = new List<(string Book, JsonNode Entry)>();
            foreach (var (book, guid) in books.Where(b => only is null || b.Name == only))
            {
                var path = $"api/ab/peers?ab={Uri.EscapeDataString(guid)}";
                entries.AddRange((await api.ListAsync(HttpMethod.Post, path, cancellation)).Select(e => (book, e)));
            }

            if (account.Json) Print(entries.Select(e => Entry(e.Book, e.Entry)));
            else Show(entries.Select(e => (string[])
                [Text(e.Entry, "id"), Text(e.Entry, "alias"), Text(e.Entry, "hostname"), Tags(e.Entry), e.Book]));
            return Exit.Done;
        }
    }

    public static Command Devices(CallOptions calling)
    {
        var command = new Command("devices", "List the machines that the account that is logged in may reach.");
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var account = new Account(calling, parsed);
            using var api = account.Open(withToken: true);
            var devices = await api.ListAsync(HttpMethod.Get, "api/peers?accessible=&status=1", cancellation);
            if (account.Json)
            {
                Print(devices.Select(d => new JsonObject
                {
                    ["id"] = Text(d, "id"),
                    ["device_name"] = Text(d["info"], "device_name"),
                    ["username"] = Text(d["info"], "username"),
                    ["os"] = Text(d["info"], "os"),
                    ["user_name"] = Text(d, "user_name"),
                    ["device_group_name"] = Text(d, "device_group_name"),
                    ["note"] = Text(d, "note"),
                }));
            }
            else
            {
                Show(devices.Select(d => (string[])
                    [Text(d, "id"), Text(d["info"], "device_name"), Text(d["info"], "os"), Text(d, "user_name"),
                        Text(d, "device_group_name")]));
            }

            return Exit.Done;
        }
    }

    // §6.1; passwords and hashes of entries are not for the screen.
    private static async Task<List<(string Name, string Guid)>> BooksAsync(
        ApiCaller api, CancellationToken cancellation)
    {
        var books = new List<(string, string)>();
        var own = await api.SendAsync(HttpMethod.Post, "api/ab/personal", null, cancellation);
        if (own?["guid"]?.ToString() is { Length: > 0 } guid) books.Add((Personal, guid));
        foreach (var shared in await api.ListAsync(HttpMethod.Post, "api/ab/shared/profiles", cancellation))
        {
            if (shared["guid"]?.ToString() is { } id) books.Add((Text(shared, "name"), id));
        }

        return books;
    }

    private static JsonObject Entry(string book, JsonNode entry) => new()
    {
        ["book"] = book,
        ["id"] = Text(entry, "id"),
        ["alias"] = Text(entry, "alias"),
        ["hostname"] = Text(entry, "hostname"),
        ["username"] = Text(entry, "username"),
        ["platform"] = Text(entry, "platform"),
        ["tags"] = entry["tags"]?.DeepClone() ?? new JsonArray(),
        ["note"] = Text(entry, "note"),
    };

    private static string Text(JsonNode? node, string member) =>
        node is JsonObject found && found[member] is { } value ? ApiCaller.Plain(value.ToString()) : "";

    private static string Tags(JsonNode entry) => entry["tags"] is JsonArray tags
        ? ApiCaller.Plain(string.Join(' ', tags.Select(t => $"#{t}"))) : "";

    private static void Print(IEnumerable<JsonObject> rows) =>
        Console.Out.WriteLine(new JsonArray([.. rows]).ToJsonString());

    private static void Show(IEnumerable<string[]> rows)
    {
        var all = rows.ToArray();
        if (all.Length == 0) return;
        var widths = Enumerable.Range(0, all[0].Length).Select(i => all.Max(r => r[i].Length)).ToArray();
        foreach (var row in all)
        {
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }
}
