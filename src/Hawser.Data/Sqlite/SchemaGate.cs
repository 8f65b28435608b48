using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Data.Sqlite;

/// <summary>
/// Sees to it that a file has the newest schema. A current file is recognised, and a new one written from the golden
/// text, without starting EF Core (about 0.3 s); only an upgrade needs it.
/// </summary>
internal static partial class SchemaGate
{
    /// <summary>The id of the newest migration in <c>Migrations/Sqlite</c>.</summary>
    internal const string Newest = "202611210001_accounts";

    // As EF Core would note it.
    private const string History =
        $"""
        CREATE TABLE "__EFMigrationsHistory" (
            "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
            "ProductVersion" TEXT NOT NULL);
        INSERT INTO "__EFMigrationsHistory" VALUES
            ('202611200001_initial', '10.0.14'), ('{Newest}', '10.0.14');
        """;

    /// <summary>The golden schema, as a fresh file gets it.</summary>
    internal static string Schema() => Text("schema.sqlite.sql");

    /// <summary>A text that is part of this assembly.</summary>
    internal static string Text(string resource)
    {
        using var stream = typeof(SchemaGate).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The golden schema in two parts: the devices' index is for when they are all there.</summary>
    internal static (string Tables, string DeviceIndex) SplitSchema()
    {
        var statements = Schema().Split(';');
        return (string.Join(';', statements.Where(s => !IsDeviceIndex(s))),
            string.Join(';', statements.Where(IsDeviceIndex)));

        static bool IsDeviceIndex(string statement) =>
            statement.Contains("\"ix_devices_id\"", StringComparison.Ordinal);
    }

    /// <summary>Opens, creates or upgrades.</summary>
    internal static bool Open(SqliteFile file, ILogger log, Action<Database>? fill = null)
    {
        OpenSchema(file, log, fill);
        // Apart from the schema: the model knows no triggers, and these can be made anew at any time.
        using var database = file.Open();
        database.Execute(Text("triggers.sqlite.sql"));
        return true;
    }

    private static void OpenSchema(SqliteFile file, ILogger log, Action<Database>? fill)
    {
        if (!File.Exists(file.Path))
        {
            CreateFolder(Path.GetDirectoryName(file.Path)!);
            Create(file, fill);
            Log.Created(log, file.Path);
            return;
        }

        using (var database = file.Open())
        {
            var have = NewestIn(database);
            if (have == Newest)
            {
                ProveWritable(database);
                return;
            }

            if (string.CompareOrdinal(have, Newest) > 0)
            {
                throw new StoreException(StoreFault.TooNew,
                    $"The database {file.Path} was written by a newer Hawser (schema {have}); use that version, "
                    + $"or choose another folder ({file.Option}).");
            }

            if (have is null && HoldsForeignTables(database))
            {
                throw new StoreException(StoreFault.NotADatabase,
                    $"The file {file.Path} holds another program's tables; move it away, "
                    + $"or choose another folder ({file.Option}).");
            }
        }

        Upgrade(file);
        Log.Upgraded(log, file.Path, Newest);
    }

    /// <summary>Writes a new database under another name and moves it to its place when it is complete.</summary>
    /// <param name="file">The place.</param>
    /// <param name="fill">Makes the schema and fills it; null for the schema alone.</param>
    internal static void Create(SqliteFile file, Action<Database>? fill = null)
    {
        var draft = new SqliteFile(file.Path + ".new", file.Option);
        Remove(draft.Path);
        try
        {
            // Private from its first moment: keys of devices are in it.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(draft.Path, options).Dispose();
            // The draft is thrown away when anything goes wrong, so its journal need not outlive us; one flush at the
            // end.
            using (var database = draft.Open(pragmas: "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"))
            {
                database.Execute("BEGIN");
                if (fill is null) database.Execute(Schema());
                else fill(database);
                database.Execute(History);
                database.Execute("COMMIT");
            }

            using (var handle = File.OpenHandle(draft.Path, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(handle);
            }

            // A log that outlived its database would be played into the new one.
            File.Delete(file.Path + "-wal");
            File.Delete(file.Path + "-shm");
            File.Move(draft.Path, file.Path, overwrite: false);
        }
        catch
        {
            Remove(draft.Path);
            throw;
        }

        using var opened = file.Open();
    }

    private static void Remove(string draft)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-journal", "-wal", "-shm"]) File.Delete(draft + suffix);
    }

    /// <summary>Makes a folder that only its owner can read.</summary>
    internal static void CreateFolder(string folder)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Private);
    }

    /// <summary>Whether a file is there and has the newest schema; throws when it has another one.</summary>
    internal static bool IsCurrent(SqliteFile file)
    {
        if (!File.Exists(file.Path)) return false;
        using var database = file.Open();
        var have = NewestIn(database);
        if (have == Newest) return true;
        throw new StoreException(
            string.CompareOrdinal(have, Newest) > 0 ? StoreFault.TooNew : StoreFault.NotADatabase,
            $"The database {file.Path} has the schema {have ?? "of another program"}, and this version needs {Newest}; "
            + $"start the server of this version once, or choose another folder ({file.Option}).");
    }

    private static string? NewestIn(Database database) =>
        database.Number("SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'") == 0
            ? null
            : database.Text("SELECT max(MigrationId) FROM __EFMigrationsHistory");

    private static bool HoldsForeignTables(Database database) =>
        database.Number("SELECT count(*) FROM sqlite_master WHERE type = 'table'") != 0;

    // A read-only file or a foreign lock shall be told at the start, not at the first registration.
    private static void ProveWritable(Database database)
    {
        database.Execute("BEGIN IMMEDIATE");
        database.Execute("ROLLBACK");
    }

    // Apart, so that EF Core is not even loaded on the other paths.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Upgrade(SqliteFile file)
    {
        using (var db = SqliteContexts.Create(file)) db.Database.Migrate();
        SqliteContexts.ClearPool(file);
    }

    private static partial class Log
    {
        [LoggerMessage(3000, LogLevel.Information, "Made the database {Path}")]
        internal static partial void Created(ILogger logger, string path);

        [LoggerMessage(3001, LogLevel.Information, "Brought the database {Path} up to schema {Schema}")]
        internal static partial void Upgraded(ILogger logger, string path, string schema);
    }
}
