using System.CommandLine;
using System.Globalization;
using Hawser.Data.Audit;

namespace Hawser.Server.Commands;

/// <summary><c>hawser audit</c>: whether what was done in the console is all still there.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = StoredApi.DataOption();
        var database = new Option<string?>("--database")
        {
            Description = "The database; as the server finds it when not given.", HelpName = "ADDRESS",
        };
        var expect = new Option<string>("--expect")
        {
            Description = "A head that an earlier run printed; it must still be in the chain.",
            HelpName = "NUMBER:HASH", DefaultValueFactory = _ => "",
        };
        var verify = new Command("verify", """
            Check the chain over everything that was done in the console and by API tokens: each row carries the hash of
            itself and of the row before, so that one that was changed, removed or put in between later is found.

            Reads the database that the server uses, while it runs; nothing is changed. Prints the head, the number and
            hash of the last row. Keep it elsewhere and give it with --expect next time: then a whole chain that was
            written anew, or cut off at its end, is found too.

            Examples:
              hawser audit verify
              hawser audit verify --expect 1204:5f3a…
            """) { data, database, expect };
        verify.SetAction(async (parsed, cancel) =>
        {
            var arguments = new List<string>();
            if (parsed.GetValue(data) is { } folder) arguments.AddRange(["--data", folder]);
            if (parsed.GetValue(database) is { } address) arguments.AddRange(["--database", address]);
            var expected = Parse(parsed.GetValue(expect)!);
            await using var api = await StoredApi.OpenAsync(NodeOptions.Read(arguments).Options, cancel);
            return await VerifyAsync(api, expected, cancel);
        });
        return new Command("audit", "What was done in the console.") { verify };
    }

    private static (long Number, byte[] Hash)? Parse(string text)
    {
        if (text.Length == 0) return null;
        var parts = text.Split(':');
        if (parts.Length == 2 && parts[1].Length == 2 * ConsoleChain.HashLength
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            try
            {
                return (number, Convert.FromHexString(parts[1]));
            }
            catch (FormatException)
            {
                // Told below.
            }
        }

        throw new StartupException(
            $"--expect: \"{text}\" is not a number, a colon and {2 * ConsoleChain.HashLength} hexadecimal digits.",
            exitCode: ExitCode.Usage);
    }

    private static async Task<int> VerifyAsync(
        StoredApi api, (long Number, byte[] Hash)? expected, CancellationToken cancellationToken)
    {
        var report = await ConsoleChain.VerifyAsync(api.Db, cancellationToken);
        var faults = report.Faults.ToList();
        if (expected is { } known
            && !await ConsoleChain.HasAsync(api.Db, known.Number, known.Hash, cancellationToken))
        {
            faults.Add(known.Number < report.First
                ? $"{known.Number} is not there any more: retention, or somebody, removed the beginning"
                : $"{known.Number} is not what it was, or not there any more");
        }

        var output = Console.Out;
        foreach (var fault in faults) await output.WriteLineAsync($"FAULT  {fault}");
        if (report.Rows == 0) await output.WriteLineAsync("The chain is empty.");
        else
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{report.Rows} rows, {report.First} to {report.Last}; {report.Waiting} wait to be sealed."));
            if (report.First > 1) await output.WriteLineAsync("Older rows were removed (setting \"retention\").");
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"head   {report.Last}:{Convert.ToHexStringLower([.. report.Head])}"));
        }

        await output.WriteLineAsync(faults.Count == 0 ? "The chain holds." : "The chain does NOT hold.");
        return faults.Count == 0 ? ExitCode.Done : ExitCode.Failure;
    }
}
