using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// Which page of a list is asked for (reference §2.5): <c>current</c> counts from 1, <c>pageSize</c> is 100 when it is
/// missing and at most 1000. Nonsense is the first page.
/// </summary>
/// <param name="Current">The page, from 1.</param>
/// <param name="Size">Items on a page.</param>
internal readonly record struct PageQuery(int Current, int Size)
{
    /// <summary>How many items come before it.</summary>
    public int Skip => (int)Math.Min(int.MaxValue - Size, (long)(Current - 1) * Size);

    /// <summary>Bound by minimal APIs.</summary>
    public static ValueTask<PageQuery> BindAsync(HttpContext context) => new(Of(context));

    internal static PageQuery Of(HttpContext context) => new(
        Number(context, "current", 1, int.MaxValue), Number(context, "pageSize", 100, 1000));

    private static int Number(HttpContext context, string key, int missing, int most) =>
        int.TryParse(context.Request.Query[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0 ? Math.Min(number, most) : missing;
}

/// <summary>One page of a list as clients and scripts read it.</summary>
/// <param name="Total">How many items there are on all pages.</param>
/// <param name="Data">The items of this page.</param>
internal sealed record Page<T>(
    [property: System.Text.Json.Serialization.JsonPropertyName("total")] int Total,
    [property: System.Text.Json.Serialization.JsonPropertyName("data")] IReadOnlyList<T> Data);

/// <summary>One page of a list whose rows can be worked on together.</summary>
/// <param name="Total">How many items there are on all pages.</param>
/// <param name="Data">The items of this page.</param>
/// <param name="AsOf">
/// When it was read, in milliseconds: work on all that match leaves out what came later. Missing where nobody works on
/// it.
/// </param>
internal sealed record PageAsOf<T>(
    [property: System.Text.Json.Serialization.JsonPropertyName("total")] int Total,
    [property: System.Text.Json.Serialization.JsonPropertyName("data")] IReadOnlyList<T> Data,
    [property: System.Text.Json.Serialization.JsonPropertyName("as_of")]
    [property: System.Text.Json.Serialization.JsonIgnore(
        Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    long? AsOf);
