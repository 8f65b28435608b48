using System.Globalization;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Groups.Admin;

/// <summary>Groups and their relations in words: for the log, and for files of their lists.</summary>
internal static class GroupText
{
    private const int AtOnce = 500;

    /// <summary>The names in a list, with their kinds; null: none was given.</summary>
    public static string? Of(IReadOnlyList<PeerBody?>? peers) => peers is null ? null
        : peers.Count == 0 ? "none" : Peers(peers);

    /// <summary>The names in a list, with their kinds.</summary>
    public static string Peers(IReadOnlyList<PeerBody?> peers) =>
        string.Join(", ", peers.Where(p => p is not null).Select(p => $"{Kind(p!.Type)} {p.Name}"));

    /// <summary>As files write it.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The lines of a file. Rows go on coming while what belongs to them is read: a connection does one of the two.
    /// </summary>
    public static async IAsyncEnumerable<string?[]> InPortions<TRow, TItem>(
        HttpContext context, IQueryable<TRow> rows, Func<HawserDb, List<TRow>, Task<List<TItem>>> complete,
        Func<TItem, string?[]> line)
    {
        await using var beside = context.RequestServices.GetRequiredService<ApiParts>().Store.CreateDb();
        var chunks = rows.AsAsyncEnumerable().Chunk(AtOnce);
        await foreach (var some in chunks.WithCancellation(context.RequestAborted))
        {
            foreach (var item in await complete(beside, [.. some])) yield return line(item);
        }
    }

    private static string Kind(int? type) => type switch
    {
        0 => "user group", 1 => "device group", 2 => "user", _ => "?",
    };
}
