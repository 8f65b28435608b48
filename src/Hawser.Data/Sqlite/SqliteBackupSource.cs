using Hawser.Data.Backups;

namespace Hawser.Data.Sqlite;

/// <summary>
/// Reads a file within one read transaction: the write-ahead log keeps what it was, and writers are not held up.
/// </summary>
internal sealed class SqliteBackupSource : IBackupSource
{
    private readonly SqliteFile _file;
    private readonly Database _database;

    internal SqliteBackupSource(SqliteFile file)
    {
        _file = file;
        _database = file.Open();
        _database.Execute("BEGIN");
    }

    /// <inheritdoc/>
    public long Count(BackupTable table) =>
        _file.Guard(() => _database.Number($"SELECT count(*) FROM \"{table.Name}\""));

    /// <inheritdoc/>
    public IEnumerable<object?[]> Rows(BackupTable table)
    {
        var select = $"SELECT {table.ColumnList} FROM \"{table.Name}\"";
        using var rows = _file.Guard(() => _database.Prepare(select));
        var row = new object?[table.Columns.Count];
        Func<bool> next = rows.Step;
        while (_file.Guard(next))
        {
            for (var i = 0; i < row.Length; i++) row[i] = Value(rows, i, table.Columns[i].Kind);
            yield return row;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private static object? Value(Statement row, int column, BackupKind kind) => kind switch
    {
        _ when row.IsNull(column) => null,
        BackupKind.Text => row.Text(column),
        BackupKind.Guid => new Guid(row.Bytes(column), bigEndian: true),
        BackupKind.Bytes => row.Bytes(column).ToArray(),
        BackupKind.Time => DateTime.SpecifyKind(TimeText.Read(row.Bytes(column)), DateTimeKind.Utc),
        BackupKind.Flag => row.Number(column) != 0,
        BackupKind.Real => row.Real(column),
        _ => row.Number(column),
    };
}

