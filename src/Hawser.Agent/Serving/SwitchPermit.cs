using System.Globalization;
using System.Text.Json;
using Hawser.Protocol.Identity;

namespace Hawser.Agent.Serving;

/// <summary>
/// Asks the server to let one caller through although nobody is logged in there: the machine that this one's user has
/// asked to take over (http-api §13). Signed with this machine's key.
/// </summary>
internal sealed class SwitchPermit(AgentState state, ApiClient client, AgentLog log, TimeProvider time)
{
    // Whoever is to come has ten seconds in all. A server that knows of no grants, or is away, must not use them up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Registers the number that the caller will show.</summary>
    public async Task RegisterAsync(Guid number, CancellationToken cancellation)
    {
        if (state.Api is not { } api || state.Settings.IsOn("stop-service")) return;
        using var clock = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellation);
        var verifier = SwitchGrant.Verifier(SwitchGrant.Code(number.ToString()));
        try
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var (isTaken, theirs) = await AskAsync(api, verifier, now, limit.Token);
            // The clock here is wrong: once more, with the server's.
            if (!isTaken && theirs is { } seconds) (isTaken, _) = await AskAsync(api, verifier, seconds, limit.Token);
            if (!isTaken) log.Say("the server took no grant for switching sides; its access rules will decide");
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            log.Say("the server does not answer about a grant for switching sides");
        }
    }

    private async Task<(bool IsTaken, long? Theirs)> AskAsync(
        Uri api, string verifier, long seconds, CancellationToken cancellation)
    {
        var (id, timestamp) = (state.Identity.Id, seconds.ToString(CultureInfo.InvariantCulture));
        var answer = await client.PostAsync(
            new Uri(api, "api/switch-grant"),
            new Dictionary<string, string>
            {
                ["id"] = id,
                ["switch_code_verifier"] = verifier,
                ["timestamp"] = timestamp,
                ["signature"] =
                    Convert.ToBase64String(SwitchGrant.Sign(id, verifier, timestamp, state.Identity.Seed)),
            },
            cancellation);
        return answer is null ? (false, null) : Read(answer);
    }

    private static (bool IsTaken, long? Theirs) Read(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("accepted", out var accepted))
            {
                return (false, null);
            }

            var isTaken = accepted.ValueKind == JsonValueKind.True;
            var knows = root.TryGetProperty("server_time", out var theirs) && theirs.ValueKind == JsonValueKind.Number;
            return (isTaken, knows && theirs.TryGetInt64(out var seconds) ? seconds : null);
        }
        catch (JsonException)
        {
            // A server without that route answers with a page.
            return (false, null);
        }
    }
}
