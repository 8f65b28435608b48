using System.Runtime.CompilerServices;
using Hawser.Data.Postgres;

namespace Hawser.Data;

/// <summary>
/// Which database: <c>sqlite</c> (a file in the data folder), or a PostgreSQL server, named by a connection string
/// (<c>Host=…;Database=…;Username=…;Password=…</c>) or a URL (<c>postgres://user:password@host:5432/name</c>).
/// </summary>
public sealed class StoreAddress
{
    private const string SqliteName = "sqlite";

    private StoreAddress(string? connectionString, string shown)
    {
        ConnectionString = connectionString;
        Shown = shown;
    }

    /// <summary>The file in the data folder.</summary>
    public static StoreAddress Sqlite { get; } = new(null, SqliteName);

    /// <summary>Whether it is a PostgreSQL server.</summary>
    public bool IsPostgres => ConnectionString is not null;

    /// <summary>The address for people and logs: never with a password.</summary>
    public string Shown { get; }

    internal string? ConnectionString { get; }

    /// <summary>Reads what an operator wrote.</summary>
    /// <param name="text">The text; empty means SQLite.</param>
    /// <param name="address">The address, if it is one.</param>
    /// <param name="error">What is wrong, as the end of a sentence; nothing secret is in it.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out StoreAddress address, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        (address, error) = (Sqlite, "");
        if (trimmed.Length == 0 || string.Equals(trimmed, SqliteName, StringComparison.OrdinalIgnoreCase)) return true;
        if (trimmed.Contains("://", StringComparison.Ordinal) || trimmed.Contains('=', StringComparison.Ordinal))
        {
            return TryParsePostgres(trimmed, out address, out error);
        }

        error = "must be sqlite, a URL such as postgres://user:password@host/name, or a connection string such as "
            + "Host=…;Database=…;Username=…;Password=…";
        return false;
    }

    // Apart: without PostgreSQL its driver is not even loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParsePostgres(string text, out StoreAddress address, out string error)
    {
        address = Sqlite;
        if (!PostgresAddress.TryRead(text, out var connectionString, out var shown, out error)) return false;
        address = new StoreAddress(connectionString, shown);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Shown;
}
