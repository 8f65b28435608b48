using System.Collections.Concurrent;
using System.Text;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>A device whose strategy is to be found.</summary>
/// <param name="Device">Its row.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="ModifiedAt">The time of the strategy that it says it has; null: it did not say.</param>
internal readonly record struct StrategySubject(Guid Device, Guid? Owner, long? ModifiedAt);

/// <summary>What a device shall have been told.</summary>
/// <param name="Stamp">The time that goes with it, Unix seconds.</param>
/// <param name="Strategy">The strategy object of the reply; null: nothing was ever told.</param>
internal readonly record struct StrategyInEffect(long Stamp, byte[]? Strategy);

/// <summary>
/// Finds which strategy is in effect, and keeps what follows for the device: a new stamp whenever that changes, and
/// empty texts for keys that are managed no more (reference §9.1). Works on many devices at once.
/// </summary>
internal sealed class EffectiveStrategies(TimeProvider time)
{
    private const int MaximumKnown = 2000;

    // One copy for all devices under a strategy.
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    /// <summary>Evaluates, and stores what changed.</summary>
    /// <returns>What each device shall have been told; those that never were under a strategy are missing.</returns>
    public async Task<Dictionary<Guid, StrategyInEffect>> EvaluateAsync(
        HawserDb db, IReadOnlyList<StrategySubject> devices, CancellationToken cancellationToken)
    {
        var guids = devices.Select(d => d.Device).ToList();
        var states = await db.DeviceStrategyStates.Where(s => guids.Contains(s.DeviceGuid))
            .ToDictionaryAsync(s => s.DeviceGuid, cancellationToken);
        var chosen = await ChooseAsync(db, devices, cancellationToken);
        var drafts = await StrategyDrafts.ReadAsync(db, guids, cancellationToken);
        var effects = new Dictionary<Guid, StrategyInEffect>();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var device in devices)
        {
            var strategy = chosen.GetValueOrDefault(device.Device);
            var draft = drafts.GetValueOrDefault(device.Device);
            if (draft is not null && draft.Strategy == strategy?.Guid) strategy = draft.Instead();
            else draft = null;
            if (!states.TryGetValue(device.Device, out var state))
            {
                if (strategy is null) continue;
                state = new DeviceStrategyState { DeviceGuid = device.Device, Options = "{}" };
                db.DeviceStrategyStates.Add(state);
                states.Add(device.Device, state);
            }

            Apply(state, strategy, device.ModifiedAt, now);
            // Only who asks by a heartbeat is told now.
            if (device.ModifiedAt is not null) draft?.Told(state.Stamp, time.GetUtcNow().UtcDateTime);
            effects[device.Device] = new StrategyInEffect(state.Stamp, ObjectOf(state.Options));
        }

        // After a crash they would be found anew, but what is to be taken back would be forgotten.
        await db.SaveChangesAsync(cancellationToken);
        return effects;
    }

    /// <summary>Which strategy each device is under: its own, else its owner's, else that of its first group that has
    /// one; a disabled one counts and is none.</summary>
    internal static async Task<Dictionary<Guid, Strategy>> ChooseAsync(
        HawserDb db, IReadOnlyList<StrategySubject> devices, CancellationToken cancellationToken)
    {
        var ladders = await StrategyLadder.ReadAsync(db, devices, null, cancellationToken);
        var strategies = await db.Strategies.AsNoTracking().Where(s => s.Enabled)
            .ToDictionaryAsync(s => s.Guid, cancellationToken);
        var chosen = new Dictionary<Guid, Strategy>();
        foreach (var (device, rungs) in ladders)
        {
            if (strategies.TryGetValue(rungs[0].Strategy, out var strategy)) chosen[device] = strategy;
        }

        return chosen;
    }

    /// <summary>Brings a device's state up to date.</summary>
    /// <param name="state">The state.</param>
    /// <param name="strategy">The strategy in effect; null: none.</param>
    /// <param name="modifiedAt">The stamp that the device says it has.</param>
    /// <param name="now">Unix seconds.</param>
    internal static void Apply(DeviceStrategyState state, Strategy? strategy, long? modifiedAt, long now)
    {
        var before = StrategyText.Parse(state.Options);
        var wanted = strategy is null ? [] : StrategyText.Parse(strategy.Options);
        var isNew = state.Stamp == 0;
        if (!isNew && state.StrategyGuid == strategy?.Guid && Covers(before, wanted)) return;
        // Keys that it has been told to clear are its user's again.
        var hasObeyed = modifiedAt == state.Stamp;
        foreach (var (key, value) in before)
        {
            if (value.Length > 0 || !hasObeyed) wanted.TryAdd(key, "");
        }

        state.StrategyGuid = strategy?.Guid;
        state.Options = StrategyText.Write(wanted);
        // Real time, so that two servers don't use the same numbers; and always another one than before.
        state.Stamp = Math.Max(now, state.Stamp + 1);
    }

    private static bool Covers(SortedDictionary<string, string> told, SortedDictionary<string, string> wanted)
    {
        foreach (var (key, value) in wanted)
        {
            if (!told.TryGetValue(key, out var known) || known != value) return false;
        }

        return told.All(t => t.Value.Length == 0 || wanted.ContainsKey(t.Key));
    }

    private byte[] ObjectOf(string options)
    {
        if (_objects.TryGetValue(options, out var known)) return known;
        var made = Encoding.UTF8.GetBytes($"{{\"config_options\":{options},\"extra\":{{}}}}");
        if (_objects.Count >= MaximumKnown) _objects.Clear();
        return _objects.GetOrAdd(options, made);
    }
}
