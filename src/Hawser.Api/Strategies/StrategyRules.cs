using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>What is wrong with a strategy's options, and what an administrator should know of them.</summary>
/// <param name="Errors">Sentences; empty: they can be published.</param>
/// <param name="Warnings">Sentences.</param>
internal sealed record StrategyCheck(IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);

/// <summary>What a strategy is given to, or taken from.</summary>
/// <param name="Devices">Devices.</param>
/// <param name="Users">Users, for their devices.</param>
/// <param name="DeviceGroups">Groups, for their devices.</param>
internal sealed record StrategyTargets(
    IReadOnlyCollection<Guid> Devices, IReadOnlyCollection<Guid> Users, IReadOnlyCollection<Guid> DeviceGroups);

/// <summary>
/// Makes, edits and assigns strategies. Each change is a few rows and a new epoch; devices are looked at again when
/// they are heard of next (see <see cref="EffectiveStrategies"/>).
/// </summary>
internal sealed class StrategyRules(StrategyEpoch epoch, TimeProvider time)
{
    private const int MaximumOptions = 200;
    private const int MostVersions = 100;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Checks options before they are published: clients drop a map with one bad value and never ask again (§9.1).
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="stopConfirmed">The administrator was asked whether devices shall stop their service.</param>
    public static StrategyCheck Check(IReadOnlyDictionary<string, string> options, bool stopConfirmed)
    {
        var errors = new List<string>();
        var warnings = new List<string>();
        if (options.Count > MaximumOptions) errors.Add($"There are more than {MaximumOptions} options.");
        foreach (var (key, value) in options.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            if (!StrategyCatalogue.All.TryGetValue(key, out var option))
            {
                errors.Add($"{key} {StrategyCatalogue.WhyNot(key) ?? "is not an option of clients"}.");
            }
            else if (value is null || !option.Takes(value))
            {
                errors.Add($"{key} does not take this value{Hint(option)}.");
            }
            else if (key == StrategyCatalogue.StopService && value == "Y" && !stopConfirmed)
            {
                errors.Add($"{key}: {option.Warning} Confirm it.");
            }
            else if (option.Warning.Length > 0 && value.Length > 0)
            {
                warnings.Add($"{key}: {option.Warning}");
            }
        }

        return new StrategyCheck(errors, warnings);
    }

    /// <summary>Makes a strategy; the caller has checked the options. Null when the name is taken.</summary>
    public async Task<Strategy?> CreateAsync(
        HawserDb db, string name, string note, IReadOnlyDictionary<string, string> options,
        CancellationToken cancellationToken, string by = "")
    {
        var normalized = Normalize(name);
        if (await db.Strategies.AnyAsync(s => s.NormalizedName == normalized, cancellationToken)) return null;
        var strategy = new Strategy
        {
            Name = name.Trim(), NormalizedName = normalized, Note = note, Enabled = true, CreatedAt = Now,
            ModifiedAt = Now, Options = Write(options),
        };
        db.Strategies.Add(strategy);
        db.StrategyVersions.Add(new StrategyVersion
        {
            StrategyGuid = strategy.Guid, Options = strategy.Options, ChangedAt = Now, ChangedBy = by,
        });
        await db.SaveChangesAsync(cancellationToken);
        return strategy;
    }

    /// <summary>Changes options; the caller has checked them. False when there is no such strategy.</summary>
    public async Task<bool> SetOptionsAsync(
        HawserDb db, Guid guid, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken,
        string by = "", string why = "")
    {
        if (!await WriteOptionsAsync(db, guid, Write(options), (by, why), cancellationToken)) return false;
        await epoch.BumpAsync(db, cancellationToken);
        return true;
    }

    /// <summary>Writes options as they are stored, and the version; the caller bumps the epoch afterwards.</summary>
    internal async Task<bool> WriteOptionsAsync(
        HawserDb db, Guid guid, string text, (string By, string Why) told, CancellationToken cancellationToken)
    {
        var now = Now;
        if (await db.Strategies.Where(s => s.Guid == guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Options, text).SetProperty(r => r.ModifiedAt, now), cancellationToken) == 0)
        {
            return false;
        }

        var mine = db.StrategyVersions.Where(v => v.StrategyGuid == guid);
        var old = await mine.OrderByDescending(v => v.ChangedAt).ThenByDescending(v => v.Guid).Select(v => v.Guid)
            .Skip(MostVersions - 1).ToListAsync(cancellationToken);
        await mine.Where(v => old.Contains(v.Guid)).ExecuteDeleteAsync(cancellationToken);
        db.StrategyVersions.Add(new StrategyVersion
        {
            StrategyGuid = guid, Options = text, ChangedAt = now, ChangedBy = told.By, Note = told.Why,
        });
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>Changes name and note, which no device is told of; the caller has checked them.</summary>
    public async Task<bool> RenameAsync(
        HawserDb db, Guid guid, string name, string note, CancellationToken cancellationToken)
    {
        var (shown, normalized) = (name.Trim(), Normalize(name));
        return await db.Strategies.Where(s => s.Guid == guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Name, shown).SetProperty(r => r.NormalizedName, normalized)
                .SetProperty(r => r.Note, note),
            cancellationToken) == 1;
    }

    /// <summary>Enables or disables; devices under a disabled strategy are under none.</summary>
    public Task<bool> SetEnabledAsync(HawserDb db, Guid guid, bool enabled, CancellationToken cancellationToken)
    {
        var now = Now;
        return ChangeAsync(
            db,
            () => db.Strategies.Where(s => s.Guid == guid).ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Enabled, enabled).SetProperty(r => r.ModifiedAt, now), cancellationToken),
            cancellationToken);
    }

    /// <summary>Removes a strategy and its assignments.</summary>
    public Task<bool> DeleteAsync(HawserDb db, Guid guid, CancellationToken cancellationToken) => ChangeAsync(
        db, () => db.Strategies.Where(s => s.Guid == guid).ExecuteDeleteAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Gives a strategy to targets, or takes away whatever they have. All or nothing; the targets exist.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="strategy">The strategy; null: none.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AssignAsync(
        HawserDb db, Guid? strategy, StrategyTargets targets, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            await ReplaceAsync(db, StrategyTarget.Device, targets.Devices, strategy, cancellationToken);
            await ReplaceAsync(db, StrategyTarget.User, targets.Users, strategy, cancellationToken);
            await ReplaceAsync(db, StrategyTarget.DeviceGroup, targets.DeviceGroups, strategy, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await epoch.BumpAsync(db, cancellationToken);
    }

    /// <summary>Finds a strategy by its name, whatever its case.</summary>
    public static Task<Strategy?> FindAsync(HawserDb db, string name, CancellationToken cancellationToken)
    {
        var normalized = Normalize(name);
        return db.Strategies.AsNoTracking().FirstOrDefaultAsync(s => s.NormalizedName == normalized, cancellationToken);
    }

    /// <summary>
    /// Forgets what a device was told, so that it is told everything again when it is heard of next; for a device that
    /// was set up anew.
    /// </summary>
    public static Task ForgetAsync(HawserDb db, Guid device, CancellationToken cancellationToken) =>
        db.Set<DeviceStrategyState>().Where(s => s.DeviceGuid == device).ExecuteDeleteAsync(cancellationToken);

    private static string Normalize(string name) => name.Trim().ToUpperInvariant();

    internal static string Write(IReadOnlyDictionary<string, string> options) => StrategyText.Write(
        new SortedDictionary<string, string>(options.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal));

    private static string Hint(StrategyOption option) => option.Kind switch
    {
        OptionKind.YesNo => ": Y, N or nothing",
        OptionKind.Yes => ": Y or nothing",
        OptionKind.Choice => ": " + string.Join(", ", option.Choices) + " or nothing",
        OptionKind.Port => ": a port number or nothing",
        OptionKind.Minutes => ": a number of minutes or nothing",
        OptionKind.Addresses => ": addresses and networks, separated by commas",
        OptionKind.Host => ": a host, with or without a port",
        OptionKind.Url => ": an address that starts with http:// or https://",
        OptionKind.Key => ": 32 bytes in base64",
        _ => "",
    };

    private async Task ReplaceAsync(
        HawserDb db, StrategyTarget kind, IReadOnlyCollection<Guid> targets, Guid? strategy,
        CancellationToken cancellationToken)
    {
        var now = Now;
        foreach (var part in targets.Distinct().Chunk(500))
        {
            var guids = part.ToList();
            await db.StrategyAssignments.Where(a => a.TargetKind == kind && guids.Contains(a.TargetGuid))
                .ExecuteDeleteAsync(cancellationToken);
            if (strategy is not { } guid) continue;
            db.StrategyAssignments.AddRange(guids.Select(t => new StrategyAssignment
            {
                TargetKind = kind, TargetGuid = t, StrategyGuid = guid, AssignedAt = now,
            }));
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private async Task<bool> ChangeAsync(HawserDb db, Func<Task<int>> change, CancellationToken cancellationToken)
    {
        if (await change() == 0) return false;
        await epoch.BumpAsync(db, cancellationToken);
        return true;
    }
}
