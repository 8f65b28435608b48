using System.CommandLine;
using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Import;
using Hawser.Server.Hosting;
using Spectre.Console;

namespace Hawser.Server.Commands;

/// <summary><c>hawser import</c>: devices, key and lists of an hbbs, as often as wanted.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Description = "The folder of hbbs or of rustdesk-api, or the database file of one.", HelpName = "DIR",
            Required = true,
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Known devices take the source's values." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var store = new StoreOptions();
        var command = new Command("import", """
            Import devices, key files and lists of an hbbs; or users, groups and address books of a rustdesk-api.

            The source is never written and the old server may be running. May be repeated: what is there already stays
            as it is. Stop the Hawser server of the data folder first. Of rustdesk-api (lejianwen's, SQLite) passwords
            can't be taken over.
            """) { from, overwrite, json };
        store.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(from)!, store.Read(parsed), parsed.GetValue(overwrite), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string from, HawserOptions options, bool overwrite, bool asJson,
        CancellationToken cancellationToken)
    {
        DataFolder.Prepare(options.Data);
        using var folder = FolderLock.Take(options.Data);
        try
        {
            var accounts = RustDeskApiImport.Find(from);
            if (accounts is null || (Directory.Exists(from) && HbbsImport.IsIn(from)))
            {
                await ImportDevicesAsync(from, options, overwrite, asJson, cancellationToken);
            }

            if (accounts is not null) await ImportAccountsAsync(accounts, options, asJson, cancellationToken);
            return ExitCode.Done;
        }
        catch (StoreException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    private static async Task ImportDevicesAsync(
        string from, HawserOptions options, bool overwrite, bool asJson, CancellationToken cancellationToken)
    {
        var database = HawserNode.AddressOf(options);
        Task<ImportReport> ImportAsync(IProgress<ImportProgress>? progress) => HbbsImport.RunAsync(
            from, options.Data, overwrite, progress, TimeProvider.System, cancellationToken, database);
        var report = asJson ? await ImportAsync(null) : await ShowAsync(ImportAsync);
        if (asJson) WriteJson(report);
        else WriteText(report);
    }

    private static async Task ImportAccountsAsync(
        string file, HawserOptions options, bool asJson, CancellationToken cancellationToken)
    {
        await using var api = await StoredApi.OpenAsync(options, cancellationToken, create: true);
        await api.Get<FirstRows>().EnsureDefaultsAsync(cancellationToken);
        await using var db = api.CreateDb();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var report = await RustDeskApiImport.RunAsync(
            file, db, api.Get<Secrets>().Protect, now, cancellationToken);
        if (asJson)
        {
            WriteJson(report);
            return;
        }

        Console.Out.WriteLine($"{report.Users} users added ({report.KeptUsers} were here and stayed), {report.Groups} "
            + $"groups, {report.Books} shared address books with {report.Shares} shares, {report.Entries} entries, "
            + $"{report.Tags} tags.");
        foreach (var note in report.Notes) Console.Error.WriteLine(note);
    }

    private static async Task<ImportReport> ShowAsync(Func<IProgress<ImportProgress>, Task<ImportReport>> run)
    {
        // The bar is for eyes; standard output is for the result.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true)
            .StartAsync(context => run(new Reporter(context.AddTask("Importing devices"))));
    }

    private static void WriteText(ImportReport report)
    {
        Console.Out.WriteLine($"{report.Read} devices read: {report.Added} added, {report.Kept} were here and stayed, "
            + $"{report.Overwritten} overwritten, {report.Skipped} skipped.");
        if (report.Files.Count > 0) Console.Out.WriteLine($"Copied: {string.Join(", ", report.Files)}.");
        foreach (var warning in report.Warnings) Console.Error.WriteLine(warning);
        var more = report.WarningCount - report.Warnings.Count;
        if (more > 0) Console.Error.WriteLine($"… and {more} more warnings.");
    }

    private static void WriteJson(ImportReport report)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("read", report.Read);
        json.WriteNumber("added", report.Added);
        json.WriteNumber("kept", report.Kept);
        json.WriteNumber("overwritten", report.Overwritten);
        json.WriteNumber("skipped", report.Skipped);
        json.WriteNumber("warningCount", report.WarningCount);
        WriteList(json, "files", report.Files);
        WriteList(json, "warnings", report.Warnings);
        json.WriteEndObject();
    }

    private static void WriteJson(AccountImportReport report)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("groups", report.Groups);
        json.WriteNumber("users", report.Users);
        json.WriteNumber("keptUsers", report.KeptUsers);
        json.WriteNumber("books", report.Books);
        json.WriteNumber("shares", report.Shares);
        json.WriteNumber("entries", report.Entries);
        json.WriteNumber("tags", report.Tags);
        WriteList(json, "notes", report.Notes);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items) json.WriteStringValue(item);
        json.WriteEndArray();
    }

    /// <summary>Reports at once, on the importing thread: the stock one would report after the bar is gone.</summary>
    private sealed class Reporter(ProgressTask bar) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            bar.MaxValue = Math.Max(1, value.Total);
            bar.Value = value.Done;
        }
    }
}
