using System.Text.Json;
using Hawser.Session.Host;

namespace Hawser.Agent.Serving;

/// <summary>
/// The device's loop with the API server, to the letter of http-api §8: a tick every 3 s; sysinfo when it is due; a
/// heartbeat every 15 s, and with every tick while there are connections; what the answer says is done.
/// </summary>
internal sealed class ServerLoop(AgentState state, SessionHost host, ApiClient client, AgentLog log, TimeProvider time)
{
    /// <summary>The time between two ticks.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SysinfoAgain = TimeSpan.FromSeconds(120);

    private long? _lastHeartbeat;
    private long? _lastSysinfo;
    private bool _uploaded;

    /// <summary>Whether the server answered the last heartbeat.</summary>
    public bool IsHeard { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) await TickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Does what is due.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        if (state.Api is not { } api || state.Settings.IsOn("stop-service")) return;
        await UploadAsync(api, cancellation);
        await BeatAsync(api, cancellation);
    }

    private async Task UploadAsync(Uri api, CancellationToken cancellation)
    {
        if (_uploaded || (_lastSysinfo is { } last && time.GetElapsedTime(last) < SysinfoAgain)) return;
        var facts = SystemFacts.Gather(state.Identity, state.Uuid, host.Options.Version, host.Options.UserName);
        var answer = (await client.PostAsync(new Uri(api, "api/sysinfo"), facts, cancellation))?.Trim();
        _uploaded = answer == "SYSINFO_UPDATED";
        // "Try again soon" is only said while the registration is under way.
        _lastSysinfo = _uploaded || answer == "ID_NOT_FOUND" ? null : time.GetTimestamp();
    }

    private async Task BeatAsync(Uri api, CancellationToken cancellation)
    {
        var connections = host.Connections;
        var due = _lastHeartbeat is not { } last || time.GetElapsedTime(last) >= Idle;
        if (connections.Count == 0 && !due) return;
        var sent = state.ModifiedAt;
        var beat = new Dictionary<string, object>
        {
            ["id"] = state.Identity.Id,
            ["uuid"] = state.Uuid,
            ["ver"] = Protocol.Identity.PeerVersion.ToNumber(host.Options.Version),
            ["modified_at"] = sent,
        };
        if (connections.Count > 0) beat["conns"] = connections;
        var answer = await client.PostAsync(new Uri(api, "api/heartbeat"), beat, cancellation);
        _lastHeartbeat = time.GetTimestamp();
        IsHeard = answer is not null;
        if (answer is not null) Follow(answer, sent);
    }

    // In the order of §8.4.
    private void Follow(string answer, long sent)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return;
            if (root.TryGetProperty("sysinfo", out _))
            {
                _uploaded = false;
                _lastSysinfo = null;
            }

            if (root.TryGetProperty("disconnect", out var numbers)) Disconnect(numbers);
            if (root.TryGetProperty("modified_at", out var stamp) && stamp.TryGetInt64(out var modified)
                && modified != sent) state.Stamp(modified);
            if (root.TryGetProperty("strategy", out var strategy)) Apply(strategy);
        }
        catch (JsonException)
        {
            // Not an answer: a proxy's page, for instance.
        }
        catch (InvalidOperationException)
        {
            // Another kind of value than it should be; the rest of the answer is not to be trusted either.
        }
    }

    private void Disconnect(JsonElement numbers)
    {
        var all = new List<int>();
        foreach (var number in numbers.EnumerateArray())
        {
            // One that is no number spoils the list (§8.4).
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var value)) return;
            all.Add(value);
        }

        if (all.Count > 0) log.Say($"the server ends connections {string.Join(", ", all)}");
        host.Disconnect(all);
    }

    private void Apply(JsonElement strategy)
    {
        if (!strategy.TryGetProperty("config_options", out var options)) return;
        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in options.EnumerateObject())
        {
            if (option.Value.ValueKind != JsonValueKind.String) return;
            changes[option.Name] = option.Value.GetString()!;
        }

        state.Change(changes);
        log.Say($"the server set {string.Join(", ", changes.Keys)}");
    }
}
