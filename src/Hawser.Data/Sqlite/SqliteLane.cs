namespace Hawser.Data.Sqlite;

/// <summary>
/// One connection that is used by one at a time, with statements prepared once. A process has one lane that writes:
/// SQLite has one writer anyway, and queueing here is fair and never ends in "locked".
/// </summary>
/// <param name="file">The database.</param>
/// <param name="writes">Every run is a transaction, on a thread of the pool; otherwise a quick look-up on the
/// caller's.</param>
internal sealed class SqliteLane(SqliteFile file, bool writes) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private Database? _database;
    private bool _disposed;
    private bool _flushes;
    private volatile bool _hasFailed;

    /// <summary>Whether the last run ended in an error of the file, the disk or a foreign lock.</summary>
    internal bool HasFailed => _hasFailed;

    /// <summary>
    /// Runs a function. Where it writes, its changes survive a killed process when this returns, or are absent.
    /// </summary>
    /// <param name="action">The function.</param>
    /// <param name="cancellationToken">Gives up waiting for others.</param>
    /// <param name="flush">Whether its changes survive a power cut, too, which takes a way to the disk.</param>
    internal async Task<T> RunAsync<T>(
        Func<SqliteLane, T> action, CancellationToken cancellationToken, bool flush = false)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var result = writes
                ? await Task.Run(() => file.Guard(() => Transact(action, flush)), cancellationToken)
                    .ConfigureAwait(false)
                : file.Guard(() => Look(action));
            _hasFailed = false;
            return result;
        }
        catch (StoreException)
        {
            _hasFailed = true;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A statement of this connection, prepared at its first use.</summary>
    internal Statement Prepared(string sql)
    {
        if (_statements.TryGetValue(sql, out var known)) return known;
        var statement = _database!.Prepare(sql);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            foreach (var statement in _statements.Values) statement.Dispose();
            _statements.Clear();
            _database?.Dispose();
            _database = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private T Look<T>(Func<SqliteLane, T> action)
    {
        _database ??= file.Open();
        return action(this);
    }

    private T Transact<T>(Func<SqliteLane, T> action, bool flush)
    {
        _database ??= file.Open();
        if (flush != _flushes) Prepared(flush ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL").Run();
        _flushes = flush;
        Prepared("BEGIN IMMEDIATE").Run();
        try
        {
            var result = action(this);
            Prepared("COMMIT").Run();
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
            Prepared("ROLLBACK").Run();
        }
        catch (SqliteError)
        {
            // SQLite has rolled back by itself (disk full, i/o error); the first error is the one to tell.
        }
    }
}
