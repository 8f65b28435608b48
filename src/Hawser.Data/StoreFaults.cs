using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data;

/// <summary>Tells a database that fails from a mistake of ours.</summary>
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
        InvalidOperationException { InnerException: DbException or TimeoutException } => true,
        _ => false,
    };
}
