using System.Text;
using SQLitePCL;

namespace Hawser.Data.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0; spans hold until the next step.</summary>
internal sealed class Statement : IDisposable
{
    private readonly Database _database;
    private readonly sqlite3_stmt _handle;

    internal Statement(Database database, sqlite3_stmt handle)
    {
        _database = database;
        _handle = handle;
    }

    /// <summary>Sets a parameter to bytes.</summary>
    internal Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        _database.Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0)
            : raw.sqlite3_bind_blob(_handle, parameter, value));
        return this;
    }

    /// <summary>Sets a parameter to text, or to NULL.</summary>
    internal Statement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            _database.Check(raw.sqlite3_bind_null(_handle, parameter));
            return this;
        }

        const int OnStack = 512;
        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        var buffer = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        var written = Encoding.UTF8.GetBytes(value, buffer);
        // One byte more than the text, so that the address is valid for the empty one too.
        _database.Check(written == 0
            ? raw.sqlite3_bind_text(_handle, parameter, "")
            : raw.sqlite3_bind_text(_handle, parameter, buffer[..written]));
        return this;
    }

    /// <summary>Sets a parameter to a number.</summary>
    internal Statement Bind(int parameter, long value)
    {
        _database.Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    /// <summary>Sets a parameter to a number with a fraction.</summary>
    internal Statement Bind(int parameter, double value)
    {
        _database.Check(raw.sqlite3_bind_double(_handle, parameter, value));
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False after the last one.</returns>
    internal bool Step()
    {
        var result = raw.sqlite3_step(_handle);
        if (result == raw.SQLITE_ROW) return true;
        if (result == raw.SQLITE_DONE) return false;
        throw _database.Error(result);
    }

    /// <summary>Executes a statement that has no rows and makes it ready for the next time.</summary>
    /// <returns>How many rows it changed.</returns>
    internal int Run()
    {
        try
        {
            while (Step())
            {
                // A pragma may answer with a row.
            }

            return _database.Changes;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Every row, and ready for the next time; numbers and texts only.</summary>
    internal List<object?[]> Rows()
    {
        try
        {
            var rows = new List<object?[]>();
            while (Step())
            {
                var row = new object?[raw.sqlite3_column_count(_handle)];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = raw.sqlite3_column_type(_handle, i) == raw.SQLITE_INTEGER ? Number(i) : Text(i);
                }

                rows.Add(row);
            }

            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Makes it ready for the next time; what went wrong was told by the step.</summary>
    internal void Reset() => raw.sqlite3_reset(_handle);

    /// <summary>Whether a column is NULL.</summary>
    internal bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    /// <summary>A column's bytes, text as UTF-8; empty for NULL.</summary>
    internal ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_handle, column);

    /// <summary>A column as text, null for NULL; a NUL inside does not end it.</summary>
    internal string? Text(int column)
    {
        if (IsNull(column)) return null;
        // Makes UTF-8 of whatever it is kept as; the bytes are then the text's.
        raw.sqlite3_column_text(_handle, column);
        return Encoding.UTF8.GetString(Bytes(column));
    }

    /// <summary>A column as a number.</summary>
    internal long Number(int column) => raw.sqlite3_column_int64(_handle, column);

    /// <summary>A column as a number with a fraction.</summary>
    internal double Real(int column) => raw.sqlite3_column_double(_handle, column);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
