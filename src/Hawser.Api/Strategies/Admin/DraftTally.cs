namespace Hawser.Api.Strategies.Admin;

/// <summary>A device that a draft is tried on.</summary>
internal sealed record DraftDevice(
    Guid Guid, string Id, Guid? Owner, string? Version, string? Override, string? Hostname)
{
    /// <summary>What people call it; empty: nothing but its id.</summary>
    public string Name => string.IsNullOrEmpty(Override) ? Hostname ?? "" : Override;
}

/// <summary>Counts what a draft of a strategy meets among devices; the first of each kind are kept.</summary>
internal sealed class DraftTally
{
    private readonly Guid _strategy;
    private readonly int _most;
    private readonly OptionAge _age;

    /// <summary>One that has counted nothing.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="draft">Its options as they would be.</param>
    /// <param name="most">How many devices of each kind are kept.</param>
    public DraftTally(Guid strategy, IReadOnlyDictionary<string, string> draft, int most) =>
        (_strategy, _most, _age) = (strategy, most, new OptionAge(draft));

    public int Devices { get; private set; }

    /// <summary>Those that the strategy is the first of.</summary>
    public int Governed { get; private set; }

    /// <summary>Those that are given it, and are under a stronger one.</summary>
    public int ShadowedCount { get; private set; }

    /// <summary>Those that it governs and that do not know an option.</summary>
    public int TooOldCount { get; private set; }

    public List<(DraftDevice Device, StrategyRung Winner)> Shadowed { get; } = [];

    public List<DraftOldDevice> TooOld { get; } = [];

    /// <summary>Counts a device.</summary>
    public void Add(DraftDevice device, IReadOnlyList<StrategyRung> rungs)
    {
        Devices++;
        if (rungs.All(r => r.Strategy != _strategy)) return;
        if (rungs[0].Strategy != _strategy)
        {
            ShadowedCount++;
            if (Shadowed.Count < _most) Shadowed.Add((device, rungs[0]));
            return;
        }

        Governed++;
        var unknown = _age.UnknownTo(device.Version);
        if (unknown.Count == 0) return;
        TooOldCount++;
        if (TooOld.Count < _most) TooOld.Add(new DraftOldDevice(device.Id, device.Name, device.Version!, unknown));
    }
}
