using Hawser.Cluster;

namespace Hawser.Api.Watch;

/// <summary>Tells consoles when a relay stops answering, or answers again; only looks at what is known here.</summary>
internal sealed class RelayNews(ApiParts parts, ApiGate gate, TimeProvider time) : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private Dictionary<string, bool>? _known;

    /// <summary>One look.</summary>
    internal void Look()
    {
        var now = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        foreach (var relay in parts.Relays?.Invoke() ?? [])
        {
            now[relay.Address] = relay is { Healthy: true, Disabled: false };
        }

        var before = _known ?? now;
        _known = now;
        var changed = now.Where(r => !before.TryGetValue(r.Key, out var was) || was != r.Value).Select(r => r.Key)
            .Concat(before.Keys.Where(a => !now.ContainsKey(a)));
        foreach (var address in changed.Take(2)) parts.Feed.Publish(new LiveEvent("relay", address));
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken)
    {
        Look();
        return Task.CompletedTask;
    }
}
