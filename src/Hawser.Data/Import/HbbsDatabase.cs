using System.Text.Json;
using Hawser.Data.Sqlite;
using Hawser.Protocol.Identity;

namespace Hawser.Data.Import;

/// <summary>A row of hbbs, as it is there.</summary>
internal readonly record struct HbbsPeer(
    string Id,
    byte[] Uuid,
    byte[] PublicKey,
    byte[] Guid,
    string? CreatedAt,
    string? Note,
    PeerAddress LastHost,
    string? LastOnline);

/// <summary>
/// hbbs' <c>db_v2.sqlite3</c>, read only. The old server may be running, and forks have further columns, so rows are
/// read in one read transaction and columns are taken by name.
/// </summary>
/// <remarks>Wire fact: rendezvous reference §9.1.</remarks>
internal sealed class HbbsDatabase : IDisposable
{
    private readonly Database _database;
    private readonly HashSet<string> _columns;
    private readonly SqliteFile _source;
    private readonly string? _copy;

    private HbbsDatabase(Database database, HashSet<string> columns, SqliteFile source, string? copy)
    {
        _source = source;
        _database = database;
        _columns = columns;
        _copy = copy;
    }

    /// <summary>Opens the file and checks that it has what is needed.</summary>
    internal static HbbsDatabase Open(string path, string option)
    {
        try
        {
            var source = new SqliteFile(path, option);
            return source.Guard(() => OpenOrCopy(source));
        }
        catch (StoreException e) when (e.Fault == StoreFault.NotADatabase)
        {
            throw NotHbbs(path, option, e);
        }
    }

    /// <summary>How many rows there are.</summary>
    internal int Count() => (int)_source.Guard(() => _database.Number("SELECT count(*) FROM peer"));

    /// <summary>Every row, in the order of the table.</summary>
    internal IEnumerable<HbbsPeer> Rows()
    {
        var columns = string.Join(", ", Columns.Select(c => _columns.Contains(c) ? $"\"{c}\"" : "NULL"));
        using var rows = _source.Guard(() => _database.Prepare($"SELECT {columns} FROM peer"));
        Func<bool> next = rows.Step;
        while (_source.Guard(next))
        {
            yield return new HbbsPeer(
                rows.Text(0) ?? "",
                rows.Bytes(1).ToArray(),
                rows.Bytes(2).ToArray(),
                rows.Bytes(3).ToArray(),
                rows.Text(4),
                rows.Text(5),
                AddressIn(rows.Bytes(6)),
                rows.Text(7));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _database.Dispose();
        if (_copy is not null) Directory.Delete(_copy, recursive: true);
    }

    /// <summary>The address of the JSON text in <c>info</c>; unspecified when there is none.</summary>
    internal static PeerAddress AddressIn(ReadOnlySpan<byte> info)
    {
        if (info.Length > 2)
        {
            try
            {
                var json = new Utf8JsonReader(info);
                while (json.Read())
                {
                    if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName
                        && json.ValueTextEquals("ip"u8) && json.Read() && json.TokenType == JsonTokenType.String)
                    {
                        return AddressText.Read(json.GetString());
                    }
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // §9.1: what is not JSON counts as empty.
            }
        }

        return AddressText.Read((string?)null);
    }

    private static readonly string[] Columns =
        ["id", "uuid", "pk", "guid", "created_at", "note", "info", "last_online"];

    private static HbbsDatabase OpenOrCopy(SqliteFile source)
    {
        try
        {
            return Check(source.Open(readOnly: true, ReadPragmas), source, null);
        }
        catch (SqliteError e) when (e.Code is 8 or 14)
        {
            // A crash left a journal to roll back, or the folder can't be written for a WAL's index: neither can be
            // done without writing, so it is done on a copy.
            var folder = Directory.CreateTempSubdirectory("hawser-import-").FullName;
            try
            {
                var copy = new SqliteFile(Path.Combine(folder, "copy.sqlite3"), source.Option);
                foreach (var suffix in (ReadOnlySpan<string>)["", "-journal", "-wal"])
                {
                    if (File.Exists(source.Path + suffix)) File.Copy(source.Path + suffix, copy.Path + suffix);
                }

                return Check(copy.Open(readOnly: false, ReadPragmas), source, folder);
            }
            catch
            {
                Directory.Delete(folder, recursive: true);
                throw;
            }
        }
    }

    /// <summary>Somebody else's file: what its schema says is not run.</summary>
    internal const string ReadPragmas = "PRAGMA busy_timeout=4000; PRAGMA trusted_schema=OFF; BEGIN";

    private static HbbsDatabase Check(Database database, SqliteFile source, string? copy)
    {
        try
        {
            using var names = database.Prepare("SELECT name FROM pragma_table_info('peer')");
            var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (names.Step()) columns.Add(names.Text(0)!);
            // A view would run what a stranger wrote into it.
            var tables = database.Number(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'peer'");
            if (tables == 0 || !columns.IsSupersetOf(["id", "uuid", "pk"]))
            {
                throw NotHbbs(source.Path, source.Option, null);
            }

            return new HbbsDatabase(database, columns, source, copy);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static StoreException NotHbbs(string path, string option, Exception? inner) => new(
        StoreFault.NotADatabase, $"The file {path} is not a database of hbbs, or it is damaged ({option}).", inner);
}
