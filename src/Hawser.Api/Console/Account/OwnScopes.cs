using System.Text;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Console.Account;

/// <summary>
/// What a token of somebody's own could do at all: the areas of the routes that are open to that person. A scope for
/// anything else would promise what every route refuses.
/// </summary>
internal sealed class OwnScopes(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<Policies.Need>> _needs = new(() => [.. endpoints.Endpoints
        .SelectMany(e => e.Metadata.GetOrderedMetadata<AuthorizationPolicy>())
        .SelectMany(p => p.Requirements).OfType<Policies.Need>().Where(n => n.Area is not null).Distinct()]);

    /// <summary>The areas, each with whether writing is possible there; in their usual order.</summary>
    public IReadOnlyList<OwnScope> Of(CurrentUser user)
    {
        var open = _needs.Value.Where(n => Policies.NeedHandler.MayBe(user, n)).ToList();
        return [.. Enum.GetValues<Area>()
            // The recorder asks by itself: everybody makes recordings and has the own ones.
            .Where(a => a == Area.Recording || open.Exists(n => n.Area == a))
            .Select(a => new OwnScope(
                SpellingOf(a), a == Area.Recording || open.Exists(n => n.Area == a && n.Write)))];
    }

    /// <summary>The first word of a token's scopes that goes beyond; null: none does.</summary>
    public string? Beyond(CurrentUser user, string scopes)
    {
        var own = Of(user);
        return scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word =>
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            var scope = own.FirstOrDefault(s => colon > 0 && s.Area == word[..colon]);
            return scope is null || (word[(colon + 1)..] == "rw" && !scope.Write);
        });
    }

    // UserGroup is written user_group.
    private static string SpellingOf(Area area)
    {
        var text = new StringBuilder();
        foreach (var c in area.ToString())
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}

/// <summary>An area, and whether the person may change something there.</summary>
internal sealed record OwnScope(string Area, bool Write);
