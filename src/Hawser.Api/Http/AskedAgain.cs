using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>What a list was asked, for work on all that it showed: the same filters read it again.</summary>
internal static class AskedAgain
{
    /// <summary>A request with nothing but the query.</summary>
    /// <param name="query">As in the list's address, with or without its question mark.</param>
    public static HttpContext Of(string query)
    {
        var asked = new DefaultHttpContext();
        asked.Request.QueryString = new QueryString(query.StartsWith('?') ? query : "?" + query);
        return asked;
    }

    /// <summary>The time of a reading that begins: what is added later is later than this, on this clock.</summary>
    public static long AsOf(DateTime now) => new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeMilliseconds() + 1;

    /// <summary>Whether a number is the time of a reading.</summary>
    public static bool IsTime(long? asOf) => asOf is null or (>= 0 and <= 253_402_300_799_999);

    /// <summary>Up to when rows count; null: all.</summary>
    public static DateTime? Until(long? asOf) =>
        asOf is { } read ? DateTimeOffset.FromUnixTimeMilliseconds(read).UtcDateTime : null;

    /// <summary>What is wrong with how a request says which rows it is about; null: nothing.</summary>
    /// <param name="named">The rows that it names; null: it does not.</param>
    /// <param name="query">What the list was asked; null: it does not say.</param>
    /// <param name="asOf">When the list was read.</param>
    /// <param name="rows">What the rows are, for the message.</param>
    /// <param name="member">The member that names rows.</param>
    public static Problem? Refusal(object? named, string? query, long? asOf, string rows, string member = "guids")
    {
        if ((named is null) == (query is null))
        {
            return Problem.Invalid($"Either {member} or query says which {rows}.", member);
        }

        return IsTime(asOf) ? null : Problem.Invalid("as_of is no time.", "as_of");
    }

    /// <summary>Refuses where there are other rows by now than the caller saw; null: there are not.</summary>
    /// <param name="expected">How many were seen; null: the caller does not say.</param>
    /// <param name="found">How many there are.</param>
    /// <param name="rows">What the rows are, for the message.</param>
    public static Problem? CountRefusal(int? expected, int found, string rows) =>
        expected is { } seen && seen != found
            ? Problem.Conflict($"These are {found} {rows} now, not {seen}.", "count_changed") : null;
}
