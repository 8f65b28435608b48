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
}
