using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Http;

/// <summary>
/// Filters of the vendor's scripts (admin reference §1.4): a text with <c>%</c> is a pattern, one without is compared,
/// <c>-</c> means empty, and a missing key means everything. A key that comes more than once asks for any of its
/// values; that is ours.
/// </summary>
internal static class TextFilter
{
    private const string Escape = "\\";

    // So many values may be asked for of one column.
    private const int MostValues = 20;

    private static readonly MethodInfo Like = ((Func<DbFunctions, string, string, string, bool>)
        DbFunctionsExtensions.Like).Method;

    /// <summary>Keeps the rows whose text matches what the query asks for.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="context">The request.</param>
    /// <param name="key">The key in its query.</param>
    /// <param name="text">The text of a row.</param>
    public static IQueryable<T> Matching<T>(
        this IQueryable<T> rows, HttpContext context, string key, Expression<Func<T, string>> text) =>
        rows.AnyOf(context, key, asked => Test(asked, text));

    /// <summary>
    /// Keeps the rows that pass the test of one of the values that the query has for a key: <c>os=a&amp;os=b</c>. More
    /// than some, and values that can't be read, match nothing, so that nothing is done to all by mistake.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="context">The request.</param>
    /// <param name="key">The key in its query.</param>
    /// <param name="test">What a value asks of a row; null: it can't be read.</param>
    public static IQueryable<T> AnyOf<T>(
        this IQueryable<T> rows, HttpContext context, string key, Func<string, Expression<Func<T, bool>>?> test)
    {
        var asked = Values(context, key);
        if (asked.Count == 0) return rows;
        var row = Expression.Parameter(typeof(T), "row");
        Expression? any = null;
        foreach (var one in asked.Count > MostValues ? [] : asked)
        {
            if (test(one) is not { } wanted) continue;
            var body = new Renamed(wanted.Parameters[0], row).Visit(wanted.Body);
            any = any is null ? body : Expression.OrElse(any, body);
        }

        return any is null ? rows.Where(r => false) : rows.Where(Expression.Lambda<Func<T, bool>>(any, row));
    }

    /// <summary>What the query has for a key, each once; none: it is not asked for.</summary>
    public static IReadOnlyList<string> Values(HttpContext context, string key) =>
        [.. context.Request.Query[key].OfType<string>().Where(v => v.Length > 0).Distinct(StringComparer.Ordinal)];

    private static Expression<Func<T, bool>> Test<T>(string asked, Expression<Func<T, string>> text)
    {
        asked = asked.Replace("\0", "", StringComparison.Ordinal);
        // A parameter, not a constant: one plan for all values.
        var like = asked.Contains('%', StringComparison.Ordinal);
        var value = new { Text = asked == "-" ? "" : like ? Pattern(asked) : asked };
        var parameter = Expression.Property(Expression.Constant(value), nameof(value.Text));
        Expression test = like
            ? Expression.Call(
                Like, Expression.Constant(EF.Functions), text.Body, parameter, Expression.Constant(Escape))
            : Expression.Equal(text.Body, parameter);
        return Expression.Lambda<Func<T, bool>>(test, text.Parameters);
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
