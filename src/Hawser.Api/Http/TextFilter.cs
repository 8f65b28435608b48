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

    /// <summary>
    /// Keeps the rows that have what <c>q</c> of the query says in any of some texts, whatever its case. Ours: the
    /// vendor's scripts name the column.
    /// </summary>
    public static IQueryable<T> Searching<T>(
        this IQueryable<T> rows, HttpContext context, params Expression<Func<T, string>>[] texts)
    {
        var asked = context.Request.Query["q"].ToString().Replace("\0", "", StringComparison.Ordinal).Trim();
        if (asked.Length == 0) return rows;
        var plain = Pattern(asked).Replace("%", Escape + "%", StringComparison.Ordinal).ToLowerInvariant();
        var value = new { Text = $"%{plain}%" };
        var pattern = Expression.Property(Expression.Constant(value), nameof(value.Text));
        var row = Expression.Parameter(typeof(T), "row");
        Expression? any = null;
        foreach (var text in texts)
        {
            var body = new Renamed(text.Parameters[0], row).Visit(text.Body);
            var test = Expression.Call(
                Like, Expression.Constant(EF.Functions), Expression.Call(body, Lower), pattern,
                Expression.Constant(Escape));
            any = any is null ? test : Expression.OrElse(any, test);
        }

        return rows.Where(Expression.Lambda<Func<T, bool>>(any!, row));
    }

    // PostgreSQL minds the case, SQLite does not.
    private static readonly MethodInfo Lower = typeof(string).GetMethod(nameof(string.ToLower), Type.EmptyTypes)!;

    private sealed class Renamed(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }

    private static string Pattern(string asked) => asked
        .Replace(Escape, Escape + Escape, StringComparison.Ordinal)
            .Replace("_", Escape + "_", StringComparison.Ordinal);
}
