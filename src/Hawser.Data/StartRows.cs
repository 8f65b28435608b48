using Hawser.Data.Settings;

namespace Hawser.Data;

/// <summary>
/// What every start reads, by plain statements: EF Core takes longer to start than all of this takes to be read, and
/// would keep the cores from the first requests.
/// </summary>
public static class StartRows
{
    /// <summary>Every setting, by name.</summary>
    /// <param name="store">The store, open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="StoreException">The database can't be read now.</exception>
    public static async Task<Dictionary<string, StoredSetting>> ReadSettingsAsync(
        this HawserStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var settings = new Dictionary<string, StoredSetting>(StringComparer.Ordinal);
        var rows = await store.Engine.ReadAsync("SELECT key, value, is_secret FROM settings", cancellationToken)
            .ConfigureAwait(false);
        foreach (var row in rows) settings[(string)row[0]!] = new StoredSetting((string)row[1]!, row[2] is 1L);
        return settings;
    }

    /// <summary>Which of the rows that the API needs are there.</summary>
    /// <param name="store">The store, open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there is a default group of users, and an administrator.</returns>
    /// <exception cref="StoreException">The database can't be read now.</exception>
    public static async Task<(bool DefaultGroup, bool Administrator)> FindFirstRowsAsync(
        this HawserStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var rows = await store.Engine.ReadAsync(
            "SELECT EXISTS (SELECT 1 FROM user_groups WHERE is_default), EXISTS (SELECT 1 FROM users WHERE is_admin)",
            cancellationToken).ConfigureAwait(false);
        return (rows[0][0] is 1L, rows[0][1] is 1L);
    }
}
