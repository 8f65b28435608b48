using System.CommandLine;
using Hawser.Controller.Calling;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect profile add|list|remove</c>: servers by name.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        var command = new Command("profile", "Servers by name; 'default' is used when none is named.");
        command.Add(Add());
        command.Add(Remove());
        var list = new Command("list", "Show them.");
        list.SetAction(_ =>
        {
            foreach (var (name, profile) in Profiles.OfUser().Read())
            {
                Console.Out.WriteLine($"{name,-12} {profile.Server} {profile.Key}");
            }

            return Exit.Done;
        });
        command.Add(list);
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "The profile's name." };

    private static Command Add()
    {
        var name = Name();
        var server = new Argument<string>("host") { Description = "The ID server: HOST[:PORT]." };
        var key = new Argument<string>("public-key") { Description = "Its public key." };
        var command = new Command("add", "Store a server, or change it.") { name, server, key };
        command.SetAction(parsed =>
        {
            var store = Profiles.OfUser();
            var all = store.Read();
            all[parsed.GetValue(name)!] = new Profile(parsed.GetValue(server)!, parsed.GetValue(key)!, "");
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
            return Exit.Done;
        });
        return command;
    }
}
