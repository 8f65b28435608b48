using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>
/// <c>/api/console/nodes</c>: the nodes on this database, as each wrote of itself, and which of them new work is kept
/// from.
/// </summary>
internal static class NodesEndpoint
{
    private const int Most = 200;

    public static async Task<IResult> HandleAsync(HawserDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow().UtcDateTime - NodeNews.Patience;
        var rows = await db.ServerNodes.AsNoTracking().OrderBy(n => n.Name).ThenBy(n => n.Guid).Take(Most)
            .ToListAsync(cancellationToken);
        IReadOnlyList<NodeItem> items = rows.ConvertAll(n => Item(n, since));
        return ClientResults.Json(items, NodesJson.Default.IReadOnlyListNodeItem);
    }

    /// <summary>
    /// Keeps new work from a node, or gives it some again. This node obeys at once, another one when it writes of
    /// itself the next time.
    /// </summary>
    public static async Task<IResult> ChangeAsync(
        HttpContext context, Guid guid, HawserDb db, NodeNews news, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, NodesJson.Default.NodePatch);
        if (body is null) return error!;
        if (body.Draining is not { } drains) return Problem.Invalid("draining is missing.", "draining");
        if (await db.ServerNodes.FindAsync([guid], cancellationToken) is not { } row) return Problem.NotFound("node");
        var now = time.GetUtcNow().UtcDateTime;
        if (drains != row.DrainsSince is not null)
        {
            row.DrainsSince = drains ? now : null;
            log.Add(db, context, drains ? ConsoleOperation.DrainNode : ConsoleOperation.ReviveNode, row.Name);
            await db.SaveChangesAsync(cancellationToken);
            if (guid == news.Own) await news.WriteAsync(cancellationToken);
            await db.Entry(row).ReloadAsync(cancellationToken);
        }

        return ClientResults.Json(Item(row, now - NodeNews.Patience), NodesJson.Default.NodeItem);
    }

    private static NodeItem Item(ServerNode n, DateTime since) => new(
        n.Guid.ToString(), n.Name, n.Version, n.SeenAt >= since, n.StartedAt, n.SeenAt, n.Devices, n.CpuPercent,
        n.Memory, [.. n.Parts.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(PartOf)])
    {
        DrainsSince = n.DrainsSince,
    };

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
    int CpuPercent, long Memory, IReadOnlyList<PartState> Parts)
{
    /// <summary>
    /// Since when an administrator keeps new work from it; null: it takes some. It obeys when it wrote later than that.
    /// </summary>
    public DateTime? DrainsSince { get; init; }
}

/// <summary>What is changed of a node.</summary>
/// <param name="Draining">Whether new work is kept from it.</param>
internal sealed record NodePatch(bool? Draining);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<NodeItem>))]
[JsonSerializable(typeof(NodeItem))]
[JsonSerializable(typeof(NodePatch))]
internal sealed partial class NodesJson : JsonSerializerContext;
