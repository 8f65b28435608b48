using Google.Protobuf;
using Google.Protobuf.Collections;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Registering;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// HTTP over the rendezvous port (§12): checks what a client wants, has this process's own pipeline answer it, and
/// sends exactly one response. Whoever has no API gets an error at once, because clients ask every 15 seconds.
/// </summary>
internal sealed partial class TunnelDesk
{
    /// <summary>The longest request body.</summary>
    internal const int MaxRequest = 1024 * 1024;

    /// <summary>The longest response body.</summary>
    internal const int MaxResponse = 8 * 1024 * 1024;

    /// <summary>How long the pipeline may take.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Requests that may be in work at the same time.</summary>
    internal const int MaxConcurrent = 256;

    private const int MaxPath = 8 * 1024;
    private const int MaxHeaders = 100;
    private const int MaxHeaderBytes = 32 * 1024;
    private const string Root = "/api/";

    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal) { "GET", "POST", "PUT", "DELETE" };

    // Hop-by-hop, or decided by this side: a client must not choose host, length, or who it seems to be.
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Expect", "Forwarded", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP",
    };

    private readonly HttpTunnel? _tunnel;
    private readonly SourceBudgets _budgets;
    private readonly RendezvousMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _running;

    public TunnelDesk(
        HttpTunnel? tunnel,
        SourceBudgets budgets,
        RendezvousMetrics metrics,
        TimeProvider time,
        ILogger<TunnelDesk> log)
    {
        _tunnel = tunnel;
        _budgets = budgets;
        _metrics = metrics;
        _time = time;
        _log = log;
    }

    /// <summary>Answers one request.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">What for.</param>
    /// <returns>When the response is queued.</returns>
    public async ValueTask HandleAsync(ClientConnection client, HttpProxyRequest request)
    {
        var response = await AnswerAsync(client.Remote, request);
        if (response.Error.Length > 0) _metrics.TunnelError();
        else _metrics.Tunnelled();
        client.TrySend(new RendezvousMessage { HttpProxyResponse = response });
    }

    private async ValueTask<HttpProxyResponse> AnswerAsync(PeerAddress caller, HttpProxyRequest request)
    {
        if (_tunnel is null) return Error("This server offers no API.");
        if (!_budgets.TryTake(caller, BudgetKind.Tunnel)) return Error("Too many requests, please try again later.");
        var method = request.Method.ToUpperInvariant();
        if (!Methods.Contains(method)) return Error("This method is not served here.");
        if (!IsServed(request.Path)) return Error("Only paths under /api/ are served here.");
        if (request.Body.Length > MaxRequest) return Error("The request is too long.");
        if (!TryReadHeaders(request.Headers, out var headers)) return Error("The headers can't be read.");
        if (Interlocked.Increment(ref _running) > MaxConcurrent)
        {
            Interlocked.Decrement(ref _running);
            return Error("The server is busy, please try again.");
        }

        try
        {
            return await RunAsync(new TunnelRequest(method, request.Path, headers, request.Body.Memory, caller));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async ValueTask<HttpProxyResponse> RunAsync(TunnelRequest request)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        try
        {
            var asked = _tunnel!(request, limit.Token);
            var answer = asked.IsCompletedSuccessfully ? await asked : await asked.AsTask().WaitAsync(limit.Token);
            if (answer.Body.Length > MaxResponse) return Error("The response is too long.");
            var response = new HttpProxyResponse
            {
                Status = answer.Status,
                Body = UnsafeByteOperations.UnsafeWrap(answer.Body),
            };
            foreach (var (name, value) in answer.Headers)
            {
                if (!Dropped.Contains(name)) response.Headers.Add(new HeaderEntry { Name = name, Value = value });
            }

            return response;
        }
        catch (OperationCanceledException)
        {
            return Error("The server did not answer in time.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(_log, e, request.Method);
            return Error("Server error.");
        }
    }

    private static bool IsServed(string path)
    {
        if (path.Length > MaxPath || !path.StartsWith(Root, StringComparison.Ordinal)) return false;
        foreach (var c in path)
        {
            if (c is <= ' ' or > '~' or '\\' or '#') return false;
        }

        // Nothing may climb out of /api/, however it is spelled.
        var end = path.IndexOf('?', StringComparison.Ordinal);
        var name = Uri.UnescapeDataString(end < 0 ? path : path[..end]);
        return !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains('%', StringComparison.Ordinal)
            && !name.Contains('\\', StringComparison.Ordinal)
            && !name.Contains("//", StringComparison.Ordinal);
    }

    private static bool TryReadHeaders(
        RepeatedField<HeaderEntry> entries, out List<KeyValuePair<string, string>> headers)
    {
        headers = new List<KeyValuePair<string, string>>(Math.Min(entries.Count, MaxHeaders));
        if (entries.Count > MaxHeaders) return false;
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries)
        {
            if (!string.Equals(entry.Name, "Connection", StringComparison.OrdinalIgnoreCase)) continue;
            named.UnionWith(entry.Value.Split(',', StringSplitOptions.TrimEntries));
        }

        var total = 0;
        foreach (var entry in entries)
        {
            total += entry.Name.Length + entry.Value.Length;
            if (total > MaxHeaderBytes || !IsToken(entry.Name) || !IsValue(entry.Value)) return false;
            if (Dropped.Contains(entry.Name) || named.Contains(entry.Name)) continue;
            headers.Add(KeyValuePair.Create(entry.Name, entry.Value));
        }

        return true;
    }

    private static bool IsToken(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) return false;
        }

        return name.Length > 0;
    }

    private static bool IsValue(string value) => value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;

    private static HttpProxyResponse Error(string text) => new() { Error = text };

    private static partial class Log
    {
        [LoggerMessage(1120, LogLevel.Error, "A {Method} request through the rendezvous port failed")]
        public static partial void Failed(ILogger logger, Exception e, string method);
    }
}
