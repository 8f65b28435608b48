using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>POST /api/ab/shared/profiles</c> (reference §6.4): the shared books of the caller.</summary>
internal static class ProfilesEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, Secrets secrets,
        CancellationToken cancellationToken)
    {
        var books = AddressBookRules.Visible(db, user).Matching(context, "name", b => b.Name);
        var total = await books.CountAsync(cancellationToken);
        var rows = await books.OrderBy(b => b.NormalizedName).ThenBy(b => b.Guid).Skip(page.Skip).Take(page.Size)
            .ToListAsync(cancellationToken);
        // Scripts are told that there is a password; only who connects is told which (admin reference §4.8).
        var items = rows.ConvertAll(b => Item(b, user.Kind == TokenKind.Api ? null : secrets.Unprotect(b.Password)));
        return ClientResults.Json(new Page<Profile>(total, items), AddressBooksJson.Default.PageProfile);
    }

    private static Profile Item(VisibleBook book, string? password) => new(
        book.Guid.ToString(), book.Name, book.Owner, book.Note, (int)AddressBookRules.RuleOf(book.Standing),
        new ProfileInfo(password is { Length: > 0 } ? password : null, book.Password.Length > 0 ? true : null));
}

/// <summary>A shared book.</summary>
/// <param name="Guid">Used in paths.</param>
/// <param name="Name">What clients know it by.</param>
/// <param name="Owner">Whose.</param>
/// <param name="Note">A note.</param>
/// <param name="Rule">1 read, 2 read and write, 3 full control.</param>
/// <param name="Info">The password.</param>
internal sealed record Profile(
    [property: JsonPropertyName("guid")] string Guid,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("owner")] string Owner,
    [property: JsonPropertyName("note")] string Note,
    [property: JsonPropertyName("rule")] int Rule,
    [property: JsonPropertyName("info")] ProfileInfo Info);

/// <summary>The default connection password of a book.</summary>
/// <param name="Password">The password; for clients.</param>
/// <param name="HasPassword">There is one; for scripts.</param>
internal sealed record ProfileInfo(
    [property: JsonPropertyName("password")] string? Password,
    [property: JsonPropertyName("password_set")] bool? HasPassword);
