using System.Globalization;
using System.Text.Json;
using Hawser.Data.Sqlite;
using Hawser.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace Hawser.Data.Import;

/// <summary>A row of hbbs, as it is there.</summary>
internal readonly record struct HbbsPeer(
    string Id, byte[] Uuid, byte[] PublicKey, byte[]? Guid, string? CreatedAt, string? Note, PeerAddress LastHost, string? LastOnline);

/// <summary>
/// hbbs' <c>db_v2.sqlite3</c>, read only. The old server may be running, and forks have further columns, so rows are
/// read in one read transaction and columns are taken by name.
/// </summary>
/// <remarks>Wire fact: rendezvous reference §9.1.</remarks>
internal sealed class HbbsDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly HashSet<string> _columns;
    private readonly SqliteFile _source;
    private readonly string? _copy;

    private HbbsDatabase(SqliteConnection connection, HashSet<string> columns, SqliteFile source, string? copy)
    {
        _source = source;
        _connection = connection;
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
    internal int Count()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM peer";
        return Convert.ToInt32(_source.Guard(command.ExecuteScalar), CultureInfo.InvariantCulture);
    }

    /// <summary>Every row, in the order of the table.</summary>
    internal IEnumerable<HbbsPeer> Rows()
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Made of the constants below.
        command.CommandText = "SELECT " + string.Join(", ", Columns.Select(c => _columns.Contains(c) ? $"\"{c}\"" : "NULL")) + " FROM peer";
#pragma warning restore CA2100
        using var reader = _source.Guard(command.ExecuteReader);
        Func<bool> next = reader.Read;
        while (_source.Guard(next))
        {
            yield return new HbbsPeer(
                Text(reader, 0) ?? "",
                Bytes(reader, 1) ?? [],
                Bytes(reader, 2) ?? [],
                Bytes(reader, 3),
                Text(reader, 4),
                Text(reader, 5),
                AddressIn(Bytes(reader, 6)),
                Text(reader, 7));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        if (_copy is not null) Directory.Delete(_copy, recursive: true);
    }

    /// <summary>The address of the JSON text in <c>info</c>; unspecified when there is none.</summary>
    internal static PeerAddress AddressIn(byte[]? info)
    {
        if (info is { Length: > 2 })
        {
            try
            {
                var json = new Utf8JsonReader(info);
                while (json.Read())
                {
                    if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("ip"u8)
                        && json.Read() && json.TokenType == JsonTokenType.String)
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

        return AddressText.Read(null);
    }

    private static readonly string[] Columns =
        ["id", "uuid", "pk", "guid", "created_at", "note", "info", "last_online"];

    private static HbbsDatabase OpenOrCopy(SqliteFile source)
    {
        try
        {
            return Check(source.Open(SqliteOpenMode.ReadOnly, ReadPragmas), source, null);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 8 or 14)
        {
            // A crash left a journal to roll back, or the folder can't be written for a WAL's index: neither can be done
            // without writing, so it is done on a copy.
            var folder = Directory.CreateTempSubdirectory("hawser-import-").FullName;
            try
            {
                var copy = new SqliteFile(Path.Combine(folder, "copy.sqlite3"), source.Option);
                foreach (var suffix in (ReadOnlySpan<string>)["", "-journal", "-wal"])
                {
                    if (File.Exists(source.Path + suffix)) File.Copy(source.Path + suffix, copy.Path + suffix);
                }

                return Check(copy.Open(SqliteOpenMode.ReadWrite, ReadPragmas), source, folder);
            }
            catch
            {
                Directory.Delete(folder, recursive: true);
                throw;
            }
        }
    }

    private const string ReadPragmas = "PRAGMA busy_timeout=4000; BEGIN";

    private static HbbsDatabase Check(SqliteConnection connection, SqliteFile source, string? copy)
    {
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT name FROM pragma_table_info('peer')";
            using var reader = command.ExecuteReader();
            var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read()) columns.Add(reader.GetString(0));
            if (!columns.IsSupersetOf(["id", "uuid", "pk"])) throw NotHbbs(source.Path, source.Option, null);
            return new HbbsDatabase(connection, columns, source, copy);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static StoreException NotHbbs(string path, string option, Exception? inner) => new(
        StoreFault.NotADatabase, $"The file {path} is not a database of hbbs, or it is damaged ({option}).", inner);

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    // SQLite keeps whatever was stored, text too, as the bytes that went in.
    private static byte[]? Bytes(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
}
