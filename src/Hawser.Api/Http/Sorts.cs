using System.Linq.Expressions;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// The orders that a list can have: <c>sort=name</c>, or <c>sort=-name</c> for the other way round. A word that is not
/// known leaves the usual order.
/// </summary>
/// <param name="usual">The order without a word, as in <c>sort</c>.</param>
internal sealed class Sorts<T>(string usual)
{
    private readonly Dictionary<string, Func<IQueryable<T>, bool, IOrderedQueryable<T>>> _orders =
        new(StringComparer.Ordinal);

    /// <summary>Adds an order.</summary>
    public Sorts<T> Add<TKey>(string name, Expression<Func<T, TKey>> key)
    {
        _orders[name] = (rows, down) => down ? rows.OrderByDescending(key) : rows.OrderBy(key);
        return this;
    }

    /// <summary>Sorts; the caller adds what makes the order stable.</summary>
    public IOrderedQueryable<T> Apply(IQueryable<T> rows, HttpContext context)
    {
        var asked = context.Request.Query["sort"].ToString();
        if (!_orders.ContainsKey(asked.TrimStart('-'))) asked = usual;
        return _orders[asked.TrimStart('-')](rows, asked.StartsWith('-'));
    }
}
