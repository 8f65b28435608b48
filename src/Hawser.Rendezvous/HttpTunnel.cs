using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous;

/// <summary>
/// Serves HTTP that came over the rendezvous port (§12). It is handed to this process's own pipeline; the caller can
/// name a path, never a host.
/// </summary>
/// <param name="request">The request, already checked: method, path under <c>/api/</c>, sizes, headers.</param>
/// <param name="cancellationToken">Cancelled after ten seconds.</param>
/// <returns>The response.</returns>
public delegate ValueTask<TunnelResponse> HttpTunnel(TunnelRequest request, CancellationToken cancellationToken);

/// <summary>A request that came over the rendezvous port.</summary>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Path">Path and query, starting with <c>/api/</c>.</param>
/// <param name="Headers">Without hop-by-hop ones.</param>
/// <param name="Body">Up to 1 MiB.</param>
/// <param name="Caller">The caller's TCP address, which stands for the client's address.</param>
public sealed record TunnelRequest(
    string Method,
    string Path,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body,
    PeerAddress Caller);

/// <summary>The answer to it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Headers; hop-by-hop ones are dropped.</param>
/// <param name="Body">Up to 8 MiB; more becomes an error.</param>
public sealed record TunnelResponse(
    int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);
