using Microsoft.Data.Sqlite;

namespace Hawser.Data.Sqlite;

/// <summary>
/// The one writer of a process: one connection, one transaction at a time, statements prepared once. SQLite has one
/// writer anyway; queueing here is fair and never ends in "locked".
/// </summary>
internal sealed class SqliteWriter(SqliteFile file) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private SqliteConnection? _connection;
    private bool _disposed;

    /// <summary>Runs a function in a transaction, off the caller's thread. Its changes are on disk when this returns, or absent.</summary>
    internal async Task<T> RunAsync<T>(Func<SqliteWriter, T> action, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => file.Guard(() => Transact(action)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A prepared statement of the connection; its parameters keep their order.</summary>
    internal SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        if (_commands.TryGetValue(sql, out var known)) return known;
        var command = _connection!.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        _commands.Add(sql, command);
        return command;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            foreach (var command in _commands.Values) await command.DisposeAsync().ConfigureAwait(false);
            _commands.Clear();
            if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
            _connection = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private T Transact<T>(Func<SqliteWriter, T> action)
    {
        _connection ??= file.Open();
        Command("BEGIN IMMEDIATE").ExecuteNonQuery();
        try
        {
            var result = action(this);
            Command("COMMIT").ExecuteNonQuery();
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    private void RollBack()
    {
        try
        {
            Command("ROLLBACK").ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself (disk full, i/o error); the first error is the one to tell.
        }
    }
}
