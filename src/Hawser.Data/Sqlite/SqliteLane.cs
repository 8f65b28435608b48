using Microsoft.Data.Sqlite;

namespace Hawser.Data.Sqlite;

/// <summary>
/// One connection that is used by one at a time, with statements prepared once. A process has one lane that writes:
/// SQLite has one writer anyway, and queueing here is fair and never ends in "locked".
/// </summary>
/// <param name="file">The database.</param>
/// <param name="writes">Every run is a transaction, on a thread of the pool; otherwise a quick look-up on the caller's.</param>
internal sealed class SqliteLane(SqliteFile file, bool writes) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private SqliteConnection? _connection;
    private bool _disposed;

    /// <summary>Runs a function. Where it writes, its changes survive a killed process when this returns, or are absent.</summary>
    internal async Task<T> RunAsync<T>(Func<SqliteLane, T> action, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return writes
                ? await Task.Run(() => file.Guard(() => Transact(action)), cancellationToken).ConfigureAwait(false)
                : file.Guard(() => Look(action));
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

    private T Look<T>(Func<SqliteLane, T> action)
    {
        _connection ??= file.Open();
        return action(this);
    }

    private T Transact<T>(Func<SqliteLane, T> action)
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
