using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>
/// One database on a server: connections out of a pool, errors as sentences, and whether the last use failed.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly Lazy<NpgsqlDataSource> _source;
    private volatile bool _hasFailed;

    internal PostgresServer(string connectionString, string shown)
    {
        _connectionString = connectionString;
        Shown = shown;
        _source = new Lazy<NpgsqlDataSource>(() => NpgsqlDataSource.Create(connectionString));
    }

    /// <summary>The address without its password.</summary>
    internal string Shown { get; }

    /// <summary>Whether the last use ended in an error of the server or the way to it.</summary>
    internal bool HasFailed => _hasFailed;

    /// <summary>The pool.</summary>
    internal NpgsqlDataSource Source => _source.Value;

    /// <summary>What is set, without what is secret in it.</summary>
    internal NpgsqlConnectionStringBuilder Settings() => new(_connectionString);

    /// <summary>Notes how a use by EF Core ended.</summary>
    internal void Note(bool failed) => _hasFailed = failed;

    /// <summary>
    /// Runs something on a connection. A connection that turns out to be dead before anything was done on it is
    /// replaced once: after a restart of the server every connection of the pool is.
    /// </summary>
    internal async Task<T> RunAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var connection = await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    var result = await action(connection, cancellationToken).ConfigureAwait(false);
                    _hasFailed = false;
                    return result;
                }
            }
            catch (Exception e) when (StoreException.IsStoreError(e))
            {
                // What is run here may be run twice: sets, not increments.
                if (attempt == 0 && IsBrokenConnection(e)) continue;
                _hasFailed = true;
                throw PostgresFaults.From(e, this);
            }
        }
    }

    /// <summary>Runs something in a transaction, committed on return.</summary>
    internal Task<T> TransactAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> action, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, ct) =>
            {
                var transaction = await connection.BeginTransactionAsync(ct).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var result = await action(connection, ct).ConfigureAwait(false);
                    await transaction.CommitAsync(ct).ConfigureAwait(false);
                    return result;
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.IsValueCreated ? _source.Value.DisposeAsync() : default;

    // 57P01: the administrator ended the connection; 57P05: idle for too long. Others: a read from a dead socket.
    private static bool IsBrokenConnection(Exception e) => e switch
    {
        PostgresException p => p.SqlState is "57P01" or "57P05" or "08006",
        NpgsqlException n => n.InnerException is IOException,
        _ => false,
    };
}
