using System.CommandLine;
using System.Globalization;
using Hawser.Data;
using Hawser.Data.Backups;
using Hawser.Server.Hosting;
using Spectre.Console;

namespace Hawser.Server.Commands;

/// <summary><c>hawser backup</c> and <c>hawser restore</c>.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The zip file to write." };
        var recordings = new Option<bool>("--recordings") { Description = "With the recordings of sessions." };
        var options = new StoreOptions();
        var command = new Command("backup", """
            Write database, keys and files of a server into one zip file, while the server runs.

            The rows are those of one moment. Recordings are left out unless --recordings asks for them. Whoever has
            the file has the server's secret key: keep it as safe as the server.
            """) { file, recordings };
        options.AddTo(command);
        command.SetAction((parsed, cancel) => BackUpAsync(
            parsed.GetValue(file)!, parsed.GetValue(recordings), options.Read(parsed), cancel));
        return command;
    }

    public static Command CreateRestore()
    {
        var file = new Argument<string>("FILE") { Description = "What hawser backup wrote." };
        var force = new Option<bool>("--force") { Description = "Replace everything that is in the database." };
        var options = new StoreOptions();
        var command = new Command("restore", """
            Put a backup into a data folder and a database, of the same or the other engine.

            Stop the servers of that database first. A database with users or devices in it is refused without --force;
            files of the data folder that the backup has too are replaced.
            """) { file, force };
        options.AddTo(command);
        command.SetAction((parsed, cancel) => RestoreAsync(
            parsed.GetValue(file)!, parsed.GetValue(force), options.Read(parsed), cancel));
        return command;
    }

    private static async Task<int> BackUpAsync(
        string file, bool recordings, HawserOptions options, CancellationToken cancellationToken)
    {
        await using var store = StoreOptions.Open(options);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var report = await ShowAsync("Backing up", progress => BackupArchive.WriteAsync(
            store, file, recordings, VersionCommand.Version, now, progress, cancellationToken));
        var size = new FileInfo(file).Length;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{report.Rows} rows of {report.Tables} tables and {report.Files} files are in {file} ({size} bytes)."));
        return ExitCode.Done;
    }

    private static async Task<int> RestoreAsync(
        string file, bool force, HawserOptions options, CancellationToken cancellationToken)
    {
        DataFolder.Prepare(options.Data);
        using var folder = FolderLock.Take(options.Data);
        await using var store = StoreOptions.Open(options);
        var report = await ShowAsync("Restoring", progress => BackupRestore.RunAsync(
            store, file, force, progress, cancellationToken));
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{report.Rows} rows of {report.Tables} tables are in {store.Place}, {report.Files} files in "
            + $"{options.Data}, as they were on {report.CreatedAt:yyyy-MM-dd HH:mm} UTC."));
        return ExitCode.Done;
    }

    private static async Task<BackupReport> ShowAsync(
        string title, Func<IProgress<BackupProgress>, Task<BackupReport>> run)
    {
        // The bar is for eyes; standard output is for the result.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            return await console.Progress().AutoClear(true).StartAsync(context =>
                run(new Reporter(context.AddTask(title), title)));
        }
        catch (Exception e) when (e is StoreException or BackupException)
        {
            throw new StartupException(e.Message, e);
        }
    }

    /// <summary>Reports at once, on the working thread.</summary>
    private sealed class Reporter(ProgressTask bar, string title) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value)
        {
            bar.MaxValue = Math.Max(1, value.Total);
            bar.Value = value.Done;
            bar.Description = $"{title} {value.What}";
        }
    }
}
