using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Watch;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary><c>GET /api/console/nodes</c>: the nodes on this database, as each wrote of itself.</summary>
internal static class NodesEndpoint
{
    private const int Most = 200;

    public static async Task<IResult> HandleAsync(HawserDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow().UtcDateTime - NodeNews.Patience;
        var rows = await db.ServerNodes.AsNoTracking().OrderBy(n => n.Name).ThenBy(n => n.Guid).Take(Most)
            .ToListAsync(cancellationToken);
        IReadOnlyList<NodeItem> items = rows.ConvertAll(n => new NodeItem(
            n.Guid.ToString(), n.Name, n.Version, n.SeenAt >= since, n.StartedAt, n.SeenAt, n.Devices, n.CpuPercent,
            n.Memory, [.. n.Parts.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(PartOf)]));
        return ClientResults.Json(items, NodesJson.Default.IReadOnlyListNodeItem);
    }

    private static PartState PartOf(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? new PartState(text, "") : new PartState(text[..at], text[(at + 1)..]);
    }
}

/// <summary>A node on this database.</summary>
/// <param name="Guid">The node.</param>
/// <param name="Name">The machine's name.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Up">Whether it wrote of itself within a minute.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="SeenAt">When it wrote this.</param>
/// <param name="Devices">How many devices send it their heartbeats.</param>
/// <param name="CpuPercent">How much of one core it used lately.</param>
/// <param name="Memory">The memory that it holds, in bytes.</param>
/// <param name="Parts">What it runs, and how each part is.</param>
internal sealed record NodeItem(
    string Guid, string Name, string Version, bool Up, DateTime StartedAt, DateTime SeenAt, int Devices,
    int CpuPercent, long Memory, IReadOnlyList<PartState> Parts);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<NodeItem>))]
internal sealed partial class NodesJson : JsonSerializerContext;
