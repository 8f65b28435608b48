using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    private readonly IReadOnlyList<SettingPin> _pins;
    private ImmutableArray<Action<string>> _listeners = [];
    private Dictionary<string, StoredSetting> _rows = new(StringComparer.Ordinal);

    public SettingsStore(ApiParts parts, Secrets secrets, TimeProvider time)
    {
        _store = parts.Store;
        _secrets = secrets;
        _time = time;
        _pins = parts.Pins;
    }

    /// <summary>Whether the rows were read; until then every setting is its default.</summary>
    public bool IsRead { get; private set; }

    /// <summary>The members of a setting that this node was started with.</summary>
    public IEnumerable<SettingPin> PinsOf(string name) => _pins.Of(name);

    /// <summary>Whether somebody ever stored it.</summary>
    public bool IsStored(string name) => Volatile.Read(ref _rows).ContainsKey(name);

    /// <summary>
    /// Whether a value is what somebody chose, or the default because nobody did; false where it is the default for
    /// want of anything better. Asked before something is taken away for what a setting does not have.
    /// </summary>
    public bool CanRead<T>(SettingKey<T> key)
        where T : class, new() => IsRead
        && (Volatile.Read(ref _rows).GetValueOrDefault(key.Name) is not { } row || TryParse(key, row) is not null);

    /// <summary>Calls back after a setting changed, with its name.</summary>
    public void WhenChanged(Action<string> changed) => ImmutableInterlocked.Update(ref _listeners, l => l.Add(changed));

    /// <summary>
    /// The value now: what is stored, or the default when it was never set or can't be read; pins win.
    /// </summary>
    public T Get<T>(SettingKey<T> key)
        where T : class, new()
    {
        var row = Volatile.Read(ref _rows).GetValueOrDefault(key.Name);
        // Kept with the text it came from: one that was read while the rows changed can't outlive them.
        if (_parsed.TryGetValue(key.Name, out var known) && known.Text == row?.Value) return (T)known.Value;
        var value = _pins.Over(key.Name, key.Type, row is null ? new T() : Parse(key, row));
        _parsed[key.Name] = new Parsed(row?.Value, value);
        return value;
    }

    /// <summary>The first member that this node was started with and that a value has otherwise; null: none.</summary>
    public SettingPin? PinAgainst<T>(SettingKey<T> key, T value)
        where T : class, new()
    {
        var own = _pins.Of(key.Name).ToList();
        if (own.Count == 0) return null;
        var (now, next) = (Tree(key, Get(key)), Tree(key, value));
        return own.Find(p => !JsonNode.DeepEquals(SettingPins.At(now, p.Member), SettingPins.At(next, p.Member)));
    }

    /// <summary>The refusal of a value that differs from a pin; null: it may be stored.</summary>
    public Problem? Refusal<T>(SettingKey<T> key, T value)
        where T : class, new() => PinAgainst(key, value) is { } pin ? SettingPins.Refusal(pin) : null;

    /// <summary>Stores a value; it holds at once here.</summary>
    /// <exception cref="PinnedSettingException">A member is pinned to another value.</exception>
    public async Task SetAsync<T>(SettingKey<T> key, T value, CancellationToken cancellationToken)
        where T : class, new()
    {
        if (PinAgainst(key, value) is { } pin) throw new PinnedSettingException(pin);
        if (key.Complete is { } complete) value = complete(Get(key), value, _time.GetUtcNow().UtcDateTime);
        await using var db = _store.CreateDb();
        var row = await db.Settings.FindAsync([key.Name], cancellationToken);
        if (row is null) db.Settings.Add(row = new Setting { Key = key.Name });
        var json = WithoutPins(key, value, row);
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

    // A pin is no choice of who saves something else, and its secret is none of the database's.
    private string WithoutPins<T>(SettingKey<T> key, T value, Setting row)
        where T : class, new()
    {
        var own = _pins.Of(key.Name).ToList();
        if (own.Count == 0) return JsonSerializer.Serialize(value, key.Type);
        var below = row.Value.Length == 0 ? new T() : Parse(key, new StoredSetting(row.Value, row.IsSecret));
        var (tree, stored) = (Tree(key, value), Tree(key, below));
        foreach (var pin in own) SettingPins.Put(tree, pin.Member, SettingPins.At(stored, pin.Member));
        return tree.ToJsonString();
    }

    private static JsonObject Tree<T>(SettingKey<T> key, T value)
        where T : class, new() => (JsonObject)JsonSerializer.SerializeToNode(value, key.Type)!;

    // Written by another version, or with keys that are not here: the default is safer than no server.
    private T Parse<T>(SettingKey<T> key, StoredSetting row)
        where T : class, new() => TryParse(key, row) ?? new T();

    private T? TryParse<T>(SettingKey<T> key, StoredSetting row)
        where T : class, new()
    {
        try
        {
            var json = row.IsSecret ? _secrets.Unprotect(row.Value) : row.Value;
            if (json is null) return null;
            // What another version stored may lack a member; missing ones are not what the class begins with.
            return JsonNode.Parse(json) is JsonObject stored
                ? SettingText.Completed(stored, Tree(key, new T())).Deserialize(key.Type)
                : JsonSerializer.Deserialize(json, key.Type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Parsed(string? Text, object Value);
}
