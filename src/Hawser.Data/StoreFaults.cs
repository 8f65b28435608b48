using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Hawser.Data;

/// <summary>Tells a database that fails from a mistake of ours: the one place that knows.</summary>
public static class StoreFaults
{
    /// <summary>
    /// Whether an exception of a context says that the database can't be reached, read or written now: the edge answers
    /// that, and goes on.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsStoreFault(this Exception exception) => exception switch
    {
        DbException or DbUpdateException or StoreException or TimeoutException => true,
        // How EF wraps what a provider calls transient.
        InvalidOperationException { InnerException: { } inner } => inner is IOException || inner.IsStoreFault(),
        _ => false,
    };

    /// <summary>
    /// Whether the database refused a change because of another one in the same moment: the name was taken, or what it
    /// belongs to was deleted. Whoever asked may look again and repeat.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Whether it did.</returns>
    public static bool IsCollision(this Exception exception) => exception switch
    {
        DbUpdateConcurrencyException => true,
        DbUpdateException { InnerException: { } inner } => inner.IsCollision(),
        PostgresException e => e.SqlState is PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.ForeignKeyViolation,
        // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY, _FOREIGNKEY.
        SqliteException e => e.SqliteExtendedErrorCode is 2067 or 1555 or 787,
        _ => false,
    };

    /// <summary>
    /// Whether it is such a fault, and one that passes (its server is away, the disk is full, a foreign program holds
    /// the file): the caller should be told to come again. A statement that the database refuses is none.
    /// </summary>
    /// <param name="exception">What was thrown; what is inside counts too.</param>
    /// <returns>True when trying again later makes sense.</returns>
    public static bool IsPassingStoreFault(this Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is StoreException { IsPassing: true } || StoreException.IsPassingError(e)) return true;
        }

        return false;
    }
}
