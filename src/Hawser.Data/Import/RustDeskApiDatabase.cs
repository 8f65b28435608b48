using System.Globalization;
using Hawser.Data.Sqlite;

namespace Hawser.Data.Import;

/// <summary>
/// The SQLite file of lejianwen's rustdesk-api, read only and in one read transaction, so that it may run meanwhile.
/// Its versions differ in columns, so a row is what it has by name.
/// </summary>
internal sealed class RustDeskApiDatabase : IDisposable
{
    private readonly SqliteFile _source;
    private readonly Database _database;

    private RustDeskApiDatabase(SqliteFile source, Database database)
    {
        _source = source;
        _database = database;
    }

    internal static RustDeskApiDatabase Open(string path)
    {
        var source = new SqliteFile(path, "--from");
        var database = source.Guard(() => source.Open(readOnly: true, HbbsDatabase.ReadPragmas));
        var opened = new RustDeskApiDatabase(source, database);
        try
        {
            if (opened.Has("users") && opened.Has("address_books")) return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }

        opened.Dispose();
        throw new StoreException(
            StoreFault.NotADatabase, $"The file {path} is not a database of rustdesk-api, or it is damaged (--from).");
    }

    /// <summary>Every row of a table as texts by column name; nothing when there is no such table.</summary>
    internal IReadOnlyList<RustDeskApiRow> Rows(string table) => _source.Guard(() =>
    {
        var all = new List<RustDeskApiRow>();
        if (!Has(table)) return all;
        var columns = new List<string>();
        using (var names = _database.Prepare($"SELECT name FROM pragma_table_info('{table}')"))
        {
            while (names.Step()) columns.Add(names.Text(0)!);
        }

        var list = string.Join(
            ", ", columns.Select(c => $"CAST(\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\" AS TEXT)"));
        using var rows = _database.Prepare($"SELECT {list} FROM \"{table}\"");
        while (rows.Step())
        {
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < columns.Count; i++) values[columns[i]] = rows.Text(i);
            all.Add(new RustDeskApiRow(values));
        }

        return all;
    });

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private bool Has(string table) => _source.Guard(() =>
        _database.Number($"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'") > 0);
}

/// <summary>A row: values by column name; what is not there is empty or 0.</summary>
internal sealed class RustDeskApiRow(Dictionary<string, string?> values)
{
    internal string Text(string column) => values.GetValueOrDefault(column) ?? "";

    /// <summary>The text without what would not fit.</summary>
    internal string Cut(string column, int most)
    {
        var text = Text(column);
        return text.Length <= most ? text : text[..most];
    }

    internal long Number(string column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : 0;

    internal bool Flag(string column) => Text(column) is "1" or "true";

    /// <summary>A time; null: it is not readable.</summary>
    internal DateTime? Time(string column) => TimeText.TryRead(Text(column), out var time) ? time : null;
}
