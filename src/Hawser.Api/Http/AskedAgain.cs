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
}
