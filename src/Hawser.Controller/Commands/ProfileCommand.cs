using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect profile add|list|use|remove</c>: servers by name.</summary>
internal static class ProfileCommand
{
    public static Command Create(CallOptions calling)
    {
        var command = new Command("profile", "Servers by name; 'use' chooses the one when none is named.");
        command.Add(Add(calling));
        command.Add(Remove());
        command.Add(Use());
        command.Add(List(calling));
        return command;
    }

    private static Command List(CallOptions calling)
    {
        var list = new Command("list", "Show them, and who is logged in there.");
        list.SetAction(parsed =>
        {
            var store = Profiles.OfUser();
            var (logins, current) = (store.Logins(), store.Current);
            string User(string name, Profile p) =>
                logins.GetValueOrDefault(name) is { } l && l.Api == Account.ApiOf(p).ToString() ? l.User : "";
            if (parsed.GetValue(calling.Json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(store.Read().Select(p => new
                {
                    name = p.Key,
                    server = p.Value.Server,
                    key = p.Value.Key,
                    api = Account.ApiOf(p.Value),
                    user = User(p.Key, p.Value),
                    used = p.Key == current,
                })));
                return Exit.Done;
            }

            foreach (var (name, profile) in store.Read())
            {
                var mark = name == current ? '*' : ' ';
                var line = $"{mark} {name,-12} {profile.Server} {profile.Key} {User(name, profile)}";
                Console.Out.WriteLine(line.TrimEnd());
            }

            return Exit.Done;
        });
        return list;
    }

    private static Command Use()
    {
        var name = Name();
        var command = new Command("use", "Use this server when none is named.") { name };
        command.SetAction(parsed =>
        {
            var store = Profiles.OfUser();
            var wanted = parsed.GetValue(name)!;
            store.Current = wanted == Profiles.Default || store.Read().ContainsKey(wanted) ? wanted
                : throw new Failure(Exit.Usage, $"There is no profile '{wanted}': hawser-connect profile list");
            return Exit.Done;
        });
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "The profile's name." };

    private static Command Add(CallOptions calling)
    {
        var name = Name();
        var server = new Argument<string>("host") { Description = "The ID server: HOST[:PORT]." };
        var key = new Argument<string>("public-key") { Description = "Its public key." };
        var command = new Command("add", "Store a server, or change it.") { name, server, key };
        command.SetAction(parsed =>
        {
            var store = Profiles.OfUser();
            var all = store.Read();
            var profile = new Profile(parsed.GetValue(server)!, parsed.GetValue(key)!, "")
            {
                Api = parsed.GetValue(calling.Api) ?? "",
            };
            // Says now what would not work later.
            _ = Account.ApiOf(profile);
            all[parsed.GetValue(name)!] = profile;
            store.Write(all);
            return Exit.Done;
        });
        return command;
    }

    private static Command Remove()
    {
        var name = Name();
        var command = new Command("remove", "Forget a server.") { name };
        command.SetAction(parsed =>
        {
            var store = Profiles.OfUser();
            var all = store.Read();
            if (!all.Remove(parsed.GetValue(name)!)) throw new Failure(Exit.Usage, "There is no such profile.");
            store.Write(all);
            store.Keep(parsed.GetValue(name)!, null);
            if (store.Current == parsed.GetValue(name)) store.Current = Profiles.Default;
            return Exit.Done;
        });
        return command;
    }
}
