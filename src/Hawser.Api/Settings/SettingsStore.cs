using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Settings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Settings;

/// <summary>
/// Settings that administrators change while the server runs. Reading is from memory; what another node wrote is seen
/// within <see cref="MaximumAge"/>.
/// </summary>
internal sealed class SettingsStore
{
    /// <summary>How old the copy in memory may be.</summary>
    internal static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Parsed> _parsed = new(StringComparer.Ordinal);
    private readonly HawserStore _store;
    private readonly Secrets _secrets;
    private readonly TimeProvider _time;
    private ImmutableArray<Action<string>> _listeners = [];
    private Dictionary<string, StoredSetting> _rows = new(StringComparer.Ordinal);

    public SettingsStore(ApiParts parts, Secrets secrets, TimeProvider time)
    {
        _store = parts.Store;
        _secrets = secrets;
        _time = time;
    }

    /// <summary>Whether the rows were read; until then every setting is its default.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Whether somebody ever stored it.</summary>
    public bool IsStored(string name) => Volatile.Read(ref _rows).ContainsKey(name);

    /// <summary>Calls back after a setting changed, with its name.</summary>
    public void WhenChanged(Action<string> changed) => ImmutableInterlocked.Update(ref _listeners, l => l.Add(changed));

    /// <summary>The value now; the default when it was never set or can't be read.</summary>
    public T Get<T>(SettingKey<T> key)
        where T : class, new()
    {
        var row = Volatile.Read(ref _rows).GetValueOrDefault(key.Name);
        // Kept with the text it came from: one that was read while the rows changed can't outlive them.
        if (_parsed.TryGetValue(key.Name, out var known) && known.Text == row?.Value) return (T)known.Value;
        var value = row is null ? new T() : Parse(key, row);
        _parsed[key.Name] = new Parsed(row?.Value, value);
        return value;
    }

    /// <summary>Stores a value; it holds at once here.</summary>
    public async Task SetAsync<T>(SettingKey<T> key, T value, CancellationToken cancellationToken)
        where T : class, new()
    {
        var json = JsonSerializer.Serialize(value, key.Type);
        await using var db = _store.CreateDb();
        var row = await db.Settings.FindAsync([key.Name], cancellationToken);
        if (row is null) db.Settings.Add(row = new Setting { Key = key.Name });
        row.Value = key.IsSecret ? _secrets.Protect(json) : json;
        row.IsSecret = key.IsSecret;
        row.UpdatedAt = _time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        await ReloadAsync(cancellationToken);
    }

    /// <summary>Reads all rows again; who asked is told what differs.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var rows = await _store.ReadSettingsAsync(cancellationToken);
        var before = Interlocked.Exchange(ref _rows, rows);
        IsRead = true;
        foreach (var name in rows.Keys.Union(before.Keys, StringComparer.Ordinal))
        {
            if (rows.TryGetValue(name, out var now) && before.TryGetValue(name, out var then)
                && now.Value == then.Value) continue;
            _parsed.TryRemove(name, out _);
            foreach (var listener in _listeners) listener(name);
        }
    }

    private T Parse<T>(SettingKey<T> key, StoredSetting row)
        where T : class, new()
    {
        try
        {
            var json = row.IsSecret ? _secrets.Unprotect(row.Value) : row.Value;
            return (json is null ? null : JsonSerializer.Deserialize(json, key.Type)) ?? new T();
        }
        catch (JsonException)
        {
            // Written by another version: the default is safer than no server.
            return new T();
        }
    }

    private sealed record Parsed(string? Text, object Value);
}
