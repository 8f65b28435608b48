using System.Globalization;
using Hawser.Data.Backups;

namespace Hawser.Data.Sqlite;

/// <summary>Writes the rows of a backup into a new file.</summary>
internal static class SqliteRestore
{
    /// <summary>Makes the file anew beside the old one, and then takes its place.</summary>
    internal static void Run(
        SqliteFile file, IReadOnlyList<BackupTable> tables, Func<BackupTable, IEnumerable<object?[]>> rows)
    {
        var draft = new SqliteFile(file.Path + ".restored", file.Option);
        file.Guard(() =>
        {
            SchemaGate.CreateFolder(Path.GetDirectoryName(file.Path)!);
            File.Delete(draft.Path);
            SchemaGate.Create(draft, target => Fill(target, tables, rows));
            // The old log must not be played into the new file.
            File.Delete(file.Path + "-wal");
            File.Delete(file.Path + "-shm");
            File.Move(draft.Path, file.Path, overwrite: true);
        });
    }

    private static void Fill(
        Database target, IReadOnlyList<BackupTable> tables, Func<BackupTable, IEnumerable<object?[]>> rows)
    {
        target.Execute("PRAGMA cache_size=-131072");
        var (schema, deviceIndex) = SchemaGate.SplitSchema();
        target.Execute(schema);
        foreach (var table in tables)
        {
            var values = string.Join(", ", Enumerable.Range(1, table.Columns.Count)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"?{i}")));
            using var insert = target.Prepare($"INSERT INTO \"{table.Name}\" ({table.ColumnList}) VALUES ({values})");
            foreach (var row in rows(table))
            {
                for (var i = 0; i < row.Length; i++) Bind(insert, i + 1, row[i]);
                insert.Run();
            }
        }

        target.Execute(deviceIndex);
        using var broken = target.Prepare("PRAGMA foreign_key_check");
        if (broken.Step()) throw new FormatException($"a row of {broken.Text(0)} refers to one that is not there");
    }

    private static void Bind(Statement statement, int parameter, object? value)
    {
        switch (value)
        {
            case null:
                statement.Bind(parameter, (string?)null);
                break;
            case string text:
                statement.Bind(parameter, text);
                break;
            case byte[] bytes:
                statement.Bind(parameter, bytes);
                break;
            case Guid guid:
                statement.Bind(parameter, guid.ToByteArray(bigEndian: true));
                break;
            case DateTime time:
                statement.Bind(parameter, TimeText.Write(time));
                break;
            case bool flag:
                statement.Bind(parameter, flag ? 1 : 0);
                break;
            case double real:
                statement.Bind(parameter, real);
                break;
            default:
                statement.Bind(parameter, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
