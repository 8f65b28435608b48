using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Http;

/// <summary>
/// Filters of the vendor's scripts (admin reference §1.4): a text with <c>%</c> is a pattern, one without is compared,
/// <c>-</c> means empty, and a missing key means everything.
/// </summary>
internal static class TextFilter
{
    private const string Escape = "\\";

    private static readonly MethodInfo Like = ((Func<DbFunctions, string, string, string, bool>)
        DbFunctionsExtensions.Like).Method;

    /// <summary>Keeps the rows whose text matches what the query asks for.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="context">The request.</param>
    /// <param name="key">The key in its query.</param>
    /// <param name="text">The text of a row.</param>
    public static IQueryable<T> Matching<T>(
        this IQueryable<T> rows, HttpContext context, string key, Expression<Func<T, string>> text)
    {
        var asked = context.Request.Query[key].ToString();
        if (asked.Length == 0) return rows;
        asked = asked.Replace("\0", "", StringComparison.Ordinal);
        // A parameter, not a constant: one plan for all values.
        var like = asked.Contains('%', StringComparison.Ordinal);
        var value = new { Text = asked == "-" ? "" : like ? Pattern(asked) : asked };
        var parameter = Expression.Property(Expression.Constant(value), nameof(value.Text));
        Expression test = like
            ? Expression.Call(
                Like, Expression.Constant(EF.Functions), text.Body, parameter, Expression.Constant(Escape))
            : Expression.Equal(text.Body, parameter);
        return rows.Where(Expression.Lambda<Func<T, bool>>(test, text.Parameters));
    }

    private static string Pattern(string asked) => asked
        .Replace(Escape, Escape + Escape, StringComparison.Ordinal)
            .Replace("_", Escape + "_", StringComparison.Ordinal);
}
