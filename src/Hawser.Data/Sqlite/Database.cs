using SQLitePCL;

namespace Hawser.Data.Sqlite;

/// <summary>
/// One connection to a SQLite file without a layer in between: Microsoft.Data.Sqlite costs several times the work of
/// SQLite itself for each row, and its start is most of what opening the store would take.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;

    private Database(sqlite3 handle) => _handle = handle;

    /// <summary>Opens an existing file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="readOnly">Whether nothing may be written.</param>
    /// <param name="setup">What the connection executes first.</param>
    internal static Database Open(string path, bool readOnly, string setup)
    {
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE) | raw.SQLITE_OPEN_NOMUTEX;
        var result = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle);
        try
        {
            database.Check(result);
            raw.sqlite3_extended_result_codes(handle, 1);
            database.Execute(setup);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Executes statements whose rows nobody wants.</summary>
    internal void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>Prepares one statement; dispose it before the connection.</summary>
    internal Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        return new Statement(this, statement);
    }

    /// <summary>The first column of the first row as a number; 0 without a row.</summary>
    internal long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>The first column of the first row as text; null without one.</summary>
    internal string? Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>How many rows the last statement changed.</summary>
    internal int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Turns a result code into an exception, unless it is OK.</summary>
    internal void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw Error(result);
    }

    /// <summary>The exception of a result code.</summary>
    internal SqliteError Error(int result)
    {
        var extended = _handle.IsInvalid ? result : raw.sqlite3_extended_errcode(_handle);
        var text = _handle.IsInvalid ? "" : raw.sqlite3_errmsg(_handle).utf8_to_string();
        return new SqliteError((extended & 0xFF) == (result & 0xFF) ? extended : result, text);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
