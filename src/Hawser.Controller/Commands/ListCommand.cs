using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID ls [PATH]</c>.</summary>
internal static class ListCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var path = new Argument<string>("path")
        {
            Description = "A folder of the machine; its user's home when not given.",
            DefaultValueFactory = _ => "",
        };
        var all = new Option<bool>("--all", "-a") { Description = "Hidden ones too." };
        var command = new Command("ls", "List a folder of the machine.") { id, path, all };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!, o => o with { Files = new FileTransfer() }, cancellation);
            var list = await session.Files.ListAsync(parsed.GetValue(path)!, parsed.GetValue(all), cancellation);
            var entries = list.Entries.OrderBy(e => e.EntryType > FileType.DirDrive)
                .ThenBy(e => e.Name, StringComparer.OrdinalIgnoreCase);
            if (call.Json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(new
                {
                    path = list.Path,
                    entries = entries.Select(e => new
                    {
                        name = e.Name,
                        type = e.EntryType.ToString(),
                        size = e.Size,
                        modified = e.ModifiedTime,
                    }),
                }));
                return Exit.Done;
            }

            foreach (var entry in entries) Print(entry);
            return Exit.Done;
        });
        return command;
    }

    private static void Print(FileEntry entry)
    {
        var seconds = (long)Math.Min(entry.ModifiedTime, 253402300799);
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        var when = time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var mark = entry.EntryType switch
        {
            FileType.Dir or FileType.DirDrive => "/",
            FileType.DirLink or FileType.FileLink => "@",
            _ => "",
        };
        var name = Plain.Text(entry.Name).Replace('\n', '?');
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entry.Size,14} {when} {name}{mark}"));
    }
}
