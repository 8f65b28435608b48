using System.CommandLine;
using System.Text.Json;
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
        var from = new Option<string>("--from") { Description = "The folder of hbbs, or its database file.",
            HelpName = "DIR", Required = true };
        var data = new Option<string>("--data") { Description = "The data folder.", HelpName = "DIR",
            DefaultValueFactory = _ => "./data" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Known devices take the source's values." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var command = new Command("import", """
            Import devices, key files and lists of an hbbs.

            The source is never written and the old server may be running. May be repeated: devices, key and lists
            that are there already stay as they are. Stop the Hawser server of the data folder first.
            """) { from, data, overwrite, json };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(from)!, parsed.GetValue(data)!, parsed.GetValue(overwrite), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string from, string data, bool overwrite, bool asJson,
        CancellationToken cancellationToken)
    {
        DataFolder.Prepare(data);
        using var folder = FolderLock.Take(data);
        try
        {
            var report = asJson
                ? await HbbsImport.RunAsync(from, data, overwrite, null, TimeProvider.System, cancellationToken)
                : await ShowAsync(progress =>
                    HbbsImport.RunAsync(from, data, overwrite, progress, TimeProvider.System, cancellationToken));
            if (asJson) WriteJson(report);
            else WriteText(report);
            return ExitCode.Done;
        }
        catch (StoreException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    private static async Task<ImportReport> ShowAsync(Func<IProgress<ImportProgress>, Task<ImportReport>> run)
    {
        // The bar is for eyes; standard output is for the result.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true).StartAsync(async context =>
        {
            var bar = context.AddTask("Importing devices");
            return await run(new Reporter(bar));
        });
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
