using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Live;

/// <summary>
/// <c>GET /api/console/events</c>: server-sent events. Hints that something changed, never what; a burst becomes one
/// hint for the whole kind, so that ten thousand devices cost a browser no more than one.
/// </summary>
internal sealed class LiveStream(ApiParts parts, DeviceReach reach, TimeProvider time)
{
    /// <summary>Streams of one person at a time; a browser has one for each visible tab.</summary>
    internal const int MostOfOne = 30;

    private const int MostOfKind = 20;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<Guid, int> _open = new();

    public async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, CancellationToken cancellationToken)
    {
        if (_open.AddOrUpdate(user.Guid, 1, static (_, count) => count + 1) > MostOfOne)
        {
            Leave(user.Guid);
            return new Problem(429, "too_many_tabs", "Too many live feeds are open.") { RetryAfter = 30 };
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var response = context.Response;
            response.ContentType = "text/event-stream; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            // nginx would keep events back until its buffer is full.
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            var pending = new Pending();
            var gathering = GatherAsync(new LiveHints(parts, reach, time, user), pending, ending.Token);
            try
            {
                await WriteAsync(response, $"event: hello\ndata: {Hello()}\n\n", ending.Token);
                await SendAsync(response, user, pending, ending.Token);
            }
            finally
            {
                await ending.CancelAsync();
                await gathering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException)
        {
            // The tab was closed; that is how every stream ends.
        }
        finally
        {
            Leave(user.Guid);
        }

        return Results.Empty;
    }

    private void Leave(Guid user)
    {
        if (_open.AddOrUpdate(user, 0, static (_, count) => count - 1) <= 0)
        {
            _open.TryRemove(new KeyValuePair<Guid, int>(user, 0));
        }
    }

    private string Hello() => JsonSerializer.Serialize(
        new Greeting(Environment.MachineName, parts.Version), LiveJson.Default.Greeting);

    private async Task GatherAsync(LiveHints hints, Pending pending, CancellationToken cancellationToken)
    {
        await foreach (var change in parts.Feed.SubscribeAsync(cancellationToken))
        {
            if (change == LiveEvent.Lost)
            {
                foreach (var missed in await hints.AfterLossAsync(cancellationToken)) pending.Add(missed);
                continue;
            }

            // Known already: nothing of it is looked up again.
            if (await hints.ForAsync(change, cancellationToken) is { } hint) pending.Add(hint);
        }
    }

    private async Task SendAsync(
        HttpResponse response, CurrentUser user, Pending pending, CancellationToken cancellationToken)
    {
        var spoke = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(Gathering, time, cancellationToken);
            var hints = pending.Take();
            if (hints.Count > 0)
            {
                var text = new StringBuilder();
                foreach (var hint in hints)
                {
                    text.Append("data: ")
                        .Append(JsonSerializer.Serialize(hint, LiveJson.Default.Hint)).Append("\n\n");
                }

                await WriteAsync(response, text.ToString(), cancellationToken);
                spoke = time.GetTimestamp();
            }

            var silent = time.GetElapsedTime(spoke) > KeepAlive;
            if (!silent && !hints.Exists(h => h.Kind == "me")) continue;
            // Asked of the table and not of the desk: listening is not using.
            if (!await IsSignedInAsync(user, cancellationToken)) return;
            if (silent) await WriteAsync(response, ": here\n\n", cancellationToken);
            spoke = time.GetTimestamp();
        }
    }

    private async Task<bool> IsSignedInAsync(CurrentUser user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = parts.Store.CreateDb();
        return await db.AccessTokens.AnyAsync(
            t => t.Guid == user.TokenGuid && (t.ExpiresAt == null || t.ExpiresAt > now), cancellationToken);
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Hints that wait for the next writing; bounded by their kinds.</summary>
    private sealed class Pending
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, HashSet<string>> _kinds = new(StringComparer.Ordinal);

        public void Add(Hint hint)
        {
            lock (_gate)
            {
                if (!_kinds.TryGetValue(hint.Kind, out var ids)) _kinds[hint.Kind] = ids = new(StringComparer.Ordinal);
                if (ids.Count <= MostOfKind) ids.Add(hint.Id);
            }
        }

        public List<Hint> Take()
        {
            lock (_gate)
            {
                if (_kinds.Count == 0) return [];
                var hints = new List<Hint>();
                foreach (var (kind, ids) in _kinds)
                {
                    if (ids.Count > MostOfKind) hints.Add(new Hint(kind, "*"));
                    else hints.AddRange(ids.Select(id => new Hint(kind, id)));
                }

                _kinds.Clear();
                return hints;
            }
        }
    }
}

/// <summary>The first thing that is said.</summary>
internal sealed record Greeting(string Node, string Version);

/// <summary>What is sent.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(Greeting))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Hint))]
internal sealed partial class LiveJson : System.Text.Json.Serialization.JsonSerializerContext;
