using System.Text.Json.Nodes;
using Hawser.Controller.Calling;

namespace Hawser.Controller.Commands;

/// <summary>Waits while somebody signs in with a browser (http-api §4): asks each second, three minutes long.</summary>
internal static class BrowserWait
{
    /// <summary>The time between two questions.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>How long it is waited.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Waits.</summary>
    /// <param name="ask">Asks the server how it stands; what can't be read counts as no answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What the server says of whoever signed in.</returns>
    /// <exception cref="Failure">It was refused, or nobody came.</exception>
    public static async Task<JsonObject> RunAsync(
        Func<Task<JsonNode?>> ask, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < Limit)
        {
            if (await ask() is JsonObject known)
            {
                if (known["access_token"] is not null || known["type"] is not null) return known;
                if (known["error"] is JsonValue error && error.TryGetValue<string>(out var text)
                    && !text.Contains("No authed oidc is found", StringComparison.Ordinal))
                {
                    throw new Failure(Exit.NotLetIn, ApiCaller.Plain(text));
                }
            }

            await Task.Delay(Poll, time, cancellation);
        }

        throw new Failure(Exit.NotLetIn, "Nobody has signed in within three minutes.");
    }
}
