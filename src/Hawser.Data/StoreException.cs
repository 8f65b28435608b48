using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Hawser.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Hawser.Data;

/// <summary>What is wrong with the database, as far as an administrator can do something about it.</summary>
public enum StoreFault
{
    /// <summary>The file or its folder can't be opened, read or written.</summary>
    Unusable,

    /// <summary>Another program holds the file for longer than we wait.</summary>
    Locked,

    /// <summary>No space is left.</summary>
    Full,

    /// <summary>The file is something else, or damaged.</summary>
    NotADatabase,

    /// <summary>A newer Hawser wrote it.</summary>
    TooNew,

    /// <summary>The database server does not answer, is starting or stopping, or has no connection left.</summary>
    Unreachable,

    /// <summary>The database server refuses the user.</summary>
    Refused,

    /// <summary>There is no such database on the server, and it could not be made.</summary>
    Missing,
}

/// <summary>
/// The database can't do what it was asked. The message is one sentence that names the file and the option, fit for a
/// terminal; nothing of the request was written.
/// </summary>
public sealed class StoreException : InvalidOperationException
{
    /// <summary>A fault with its sentence.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="message">The sentence.</param>
    /// <param name="inner">What told us.</param>
    public StoreException(StoreFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public StoreFault Fault { get; }

    /// <summary>Whether the fault may pass without an administrator.</summary>
    public bool IsPassing => Fault is StoreFault.Unreachable or StoreFault.Locked or StoreFault.Full;

    // SQLite: busy, locked, i/o error, full, can't open.
    internal static bool IsPassingError(Exception e) => e switch
    {
        SqliteError s => s.Code is 5 or 6 or 10 or 13 or 14,
        SqliteException s => s.SqliteErrorCode is 5 or 6 or 10 or 13 or 14,
        DbException d => IsPassingOnPostgres(d),
        _ => false,
    };

    // The classes of SQLSTATE: connection, resources, operator; the driver's own errors of the network have none.
    private static bool IsPassingOnPostgres(DbException e) => e.SqlState is { Length: 5 } state
        ? state[..2] is "08" or "53" or "57" && state is not "57014"
        : e.InnerException is IOException or SocketException or TimeoutException;

    internal static bool IsStoreError(Exception e) =>
        e is SqliteError or DbException or IOException or UnauthorizedAccessException;

    internal static StoreException From(Exception e, string path, string option)
    {
        var fault = FaultOf(e);
        var text = fault switch
        {
            StoreFault.Locked => $"The database {path} is locked by another program; stop that program",
            StoreFault.Full => $"No space is left for the database {path}; make room",
            StoreFault.NotADatabase => $"The file {path} is not a Hawser database, or it is damaged; move it away",
            _ => $"The database {path} can't be opened or written: {Reason(e)}; check the folder's permissions",
        };
        return new StoreException(fault, $"{text}, or choose another folder ({option}).", e);
    }

    private static StoreFault FaultOf(Exception e) => e switch
    {
        SqliteError { Code: 5 or 6 } => StoreFault.Locked,
        SqliteError { Code: 13 } => StoreFault.Full,
        SqliteError { Code: 1 or 11 or 26 } => StoreFault.NotADatabase,
        // 28: ENOSPC, 122: EDQUOT; .NET passes errno on.
        IOException { HResult: 28 or 122 } => StoreFault.Full,
        _ => StoreFault.Unusable,
    };

    private static string Reason(Exception e) => e is SqliteError s
        ? string.Create(CultureInfo.InvariantCulture, $"SQLite says {s.ExtendedCode}, {s.Message}")
        : e.Message.TrimEnd('.');
}
