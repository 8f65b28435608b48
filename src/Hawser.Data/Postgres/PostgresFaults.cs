using System.Net.Sockets;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>What the server's errors are called. None of the sentences has a password in it.</summary>
internal static class PostgresFaults
{
    internal const string NoSuchDatabase = "3D000";

    internal static StoreException From(Exception e, PostgresServer server)
    {
        if (e is StoreException known) return known;
        var settings = server.Settings();
        var (fault, text) = e is PostgresException p ? OfServer(p, server, settings) : OfNetwork(e, server);
        return new StoreException(fault, text, e);
    }

    internal static StoreException TooNew(PostgresServer server, string schema) => new(
        StoreFault.TooNew,
        $"The database {server.Shown} was written by a newer Hawser (schema {schema}); use that version, "
        + "or choose another database (--database).");

    internal static StoreException Foreign(PostgresServer server) => new(
        StoreFault.NotADatabase,
        $"The database {server.Shown} holds another program's tables; choose another database (--database).");

    internal static StoreException Missing(PostgresServer server, Exception e)
    {
        var settings = server.Settings();
        var reason = e is PostgresException { SqlState: "42501" } ? "may not make it" : "could not make it";
        return new StoreException(
            StoreFault.Missing,
            $"There is no database {settings.Database} on the PostgreSQL server, and the user {settings.Username} "
            + $"{reason}; let an administrator run: CREATE DATABASE \"{settings.Database}\" "
            + $"OWNER \"{settings.Username}\" ENCODING 'UTF8' TEMPLATE template0 (--database).",
            e);
    }

    private static (StoreFault Fault, string Text) OfServer(
        PostgresException e, PostgresServer server, NpgsqlConnectionStringBuilder settings) => e.SqlState switch
    {
        "28P01" or "28000" => (StoreFault.Refused,
            $"The PostgreSQL server of {server.Shown} refuses the user {settings.Username}: the password is wrong, or "
            + "pg_hba.conf doesn't let it in from here; check --database."),
        NoSuchDatabase => (StoreFault.Missing,
            $"There is no database {settings.Database} on the PostgreSQL server of {server.Shown}; check --database."),
        "53100" => (StoreFault.Full,
            $"No space is left for the database {server.Shown}; make room on the database server."),
        "53300" => (StoreFault.Unreachable,
            $"The PostgreSQL server of {server.Shown} has no connection left; raise its max_connections or lower "
            + "Maximum Pool Size in --database."),
        "57P03" => (StoreFault.Unreachable,
            $"The PostgreSQL server of {server.Shown} is starting or stopping; try again."),
        ['5', '7', 'P', ..] or ['0', '8', ..] => (StoreFault.Unreachable,
            $"The PostgreSQL server of {server.Shown} ended the connection; try again."),
        "25006" => (StoreFault.Unusable,
            $"The database {server.Shown} is read-only, perhaps a standby; name the primary (--database)."),
        "42501" => (StoreFault.Unusable,
            $"The user {settings.Username} lacks a right on the database {server.Shown} ({e.MessageText}); make it "
            + "the database's owner, or choose another one (--database)."),
        "40001" or "40P01" or "55P03" => (StoreFault.Locked,
            $"The database {server.Shown} is busy with another change of the same rows; try again."),
        _ => (StoreFault.Unusable,
            $"The database {server.Shown} can't be used: PostgreSQL says {e.SqlState}, {e.MessageText.TrimEnd('.')}."),
    };

    private static (StoreFault Fault, string Text) OfNetwork(Exception e, PostgresServer server)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException or IOException or TimeoutException)
            {
                return (StoreFault.Unreachable,
                    $"The PostgreSQL server of {server.Shown} is not reachable: {inner.Message.TrimEnd('.')}; "
                    + "start it, or check host and port (--database).");
            }
        }

        return (StoreFault.Unusable,
            $"The database {server.Shown} can't be used: {e.Message.TrimEnd('.')}; check --database.");
    }
}
