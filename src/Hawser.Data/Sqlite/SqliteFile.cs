namespace Hawser.Data.Sqlite;

/// <summary>One database file: how it is opened, and what its errors are called.</summary>
/// <param name="path">The file.</param>
/// <param name="option">The option that chose it, for error texts.</param>
internal sealed class SqliteFile(string path, string option)
{
    /// <summary>
    /// What every connection sets first. WAL with NORMAL survives a killed process; only a power cut may cost the last
    /// moments. A writer of this process never waits for another one of it, so a wait means a foreign program.
    /// </summary>
    internal const string Pragmas =
        "PRAGMA busy_timeout=4000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;";

    /// <summary>The file.</summary>
    internal string Path { get; } = path;

    /// <summary>The option that chose it.</summary>
    internal string Option { get; } = option;

    /// <summary>Opens a connection.</summary>
    internal Database Open(bool readOnly = false, string pragmas = Pragmas) => Database.Open(Path, readOnly, pragmas);

    /// <summary>Runs something and gives its errors our sentence.</summary>
    internal T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (StoreException.IsStoreError(e))
        {
            throw StoreException.From(e, Path, Option);
        }
    }

    /// <summary>Runs something and gives its errors our sentence.</summary>
    internal void Guard(Action action) => Guard(() =>
    {
        action();
        return true;
    });
}
