using System.Net;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Hawser.Server.Hosting;

/// <summary>
/// The web server, and a second way into it: requests that came over the rendezvous port (reference §12) run through
/// the
/// very same pipeline, with the caller's address, and without a socket in between.
/// </summary>
internal sealed class TunnelServer : IServer
{
    internal const int MaxResponse = 8 << 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding",
            "Upgrade",
    };

    // Nor is an answer compressed: clients read its bytes as they are (§1.6 of the API's reference).
    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "X-Real-IP", "Forwarded", "Accept-Encoding",
    };

    private readonly IServer _inner;
    private readonly TunnelEntrance _entrance;

    public TunnelServer(IServer inner, TunnelEntrance entrance)
    {
        _inner = inner;
        _entrance = entrance;
    }

    public IFeatureCollection Features => _inner.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _entrance.Open(features => RunAsync(application, features));
        return _inner.StartAsync(application, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _entrance.Close();
        return _inner.StopAsync(cancellationToken);
    }

    public void Dispose() => _inner.Dispose();

    private static async Task RunAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection features)
        where TContext : notnull
    {
        var context = application.CreateContext(features);
        Exception? fault = null;
        try
        {
            await application.ProcessRequestAsync(context);
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
        }
        catch (Exception e)
        {
            fault = e;
            throw;
        }
        finally
        {
            application.DisposeContext(context, fault);
        }
    }

    /// <summary>Hands one request to the pipeline.</summary>
    internal static async ValueTask<TunnelResponse> SendAsync(
        Func<IFeatureCollection, Task> run, TunnelRequest request, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var body = new CappedStream(MaxResponse);
        var features = new FeatureCollection();
        var response = new HttpResponseFeature { Body = body };
        features.Set<IHttpRequestFeature>(RequestOf(request));
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        features.Set<IHttpConnectionFeature>(ConnectionOf(request.Caller));
        features.Set<IHttpRequestLifetimeFeature>(new Lifetime(deadline));
        features.Set<IHttpRequestIdentifierFeature>(new HttpRequestIdentifierFeature());
        await run(features).WaitAsync(deadline.Token);
        if (body.IsFull) return new TunnelResponse(502, [], "{\"error\":\"the response is too large\"}"u8.ToArray());
        var headers = response.Headers.Where(h => !HopByHop.Contains(h.Key))
            .SelectMany(h => h.Value.Select(v => KeyValuePair.Create(h.Key, v ?? ""))).ToList();
        return new TunnelResponse(response.StatusCode, headers, body.ToArray());
    }

    private static HttpRequestFeature RequestOf(TunnelRequest request)
    {
        var question = request.Path.IndexOf('?', StringComparison.Ordinal);
        var feature = new HttpRequestFeature
        {
            Protocol = "HTTP/1.1",
            Scheme = "http",
            Method = request.Method,
            PathBase = "",
            Path = Unescape(question < 0 ? request.Path : request.Path[..question]),
            QueryString = question < 0 ? "" : request.Path[question..],
            RawTarget = request.Path,
            Body = new MemoryStream(request.Body.ToArray(), writable: false),
        };
        foreach (var (name, value) in request.Headers)
        {
            // Where a request comes from is what its connection says, not what it says itself.
            if (HopByHop.Contains(name)
                || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)) continue;
            if (NotPassedOn.Contains(name)) continue;
            feature.Headers[name] = StringValues.Concat(feature.Headers[name], value);
        }

        feature.Headers.Host = "rendezvous";
        feature.Headers.ContentLength = request.Body.Length;
        return feature;
    }

    // As the web server does it: an escaped slash is part of a name.
    private static string Unescape(string path) =>
        string.Join("%2F", path.Replace("%2f", "%2F", StringComparison.Ordinal).Split("%2F")
            .Select(Uri.UnescapeDataString));

    private static HttpConnectionFeature ConnectionOf(PeerAddress caller) => new()
    {
        ConnectionId = $"tunnel-{caller}",
        RemoteIpAddress = caller.ToIPAddress(),
        RemotePort = caller.Port,
        LocalIpAddress = IPAddress.Loopback,
    };

    /// <summary>A request that ends when its deadline passes.</summary>
    private sealed class Lifetime(CancellationTokenSource source) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = source.Token;

        public void Abort() => source.Cancel();
    }
}

/// <summary>Where the rendezvous role hands requests in; open while the web server runs.</summary>
internal sealed class TunnelEntrance
{
    private static readonly TunnelResponse Closed = new(503, [],
        "{\"error\":\"the server is starting or stopping\"}"u8.ToArray());
    private Func<IFeatureCollection, Task>? _run;

    public void Open(Func<IFeatureCollection, Task> run) => Volatile.Write(ref _run, run);

    public void Close() => Volatile.Write(ref _run, null);

    public ValueTask<TunnelResponse> SendAsync(TunnelRequest request, CancellationToken cancellationToken) =>
        Volatile.Read(ref _run) is { } run ? TunnelServer.SendAsync(run, request, cancellationToken)
            : ValueTask.FromResult(Closed);
}
