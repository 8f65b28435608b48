using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>What is changed of a shared book; null keeps.</summary>
internal sealed record BookEdit(string? Name, string? Note, string? Password, string? Owner);

/// <summary>
/// Changes and deletes shared books, and says who else may use them (admin reference §4.5, §6.5). A returned text says
/// why nothing was done.
/// </summary>
internal sealed class BookDesk(AddressBookRules rules, Secrets secrets, BookGates gates, TimeProvider time)
{
    internal const string NoRule = "rule is 1 (read), 2 (read and write) or 3 (full control).";

    private const int MostShares = 1000;
    private const string NameTaken = "There is an address book with this name already.";

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Changes a book; the caller has found that the user may.</summary>
    public async Task<string?> UpdateAsync(
        HawserDb db, CurrentUser user, Guid guid, BookEdit edit, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, guid, cancellationToken);
        if (await db.AddressBooks.FindAsync([guid], cancellationToken) is not { IsPersonal: false } book)
        {
            return "There is no such shared address book.";
        }

        if (edit.Name is { } name)
        {
            if (AddressBookRules.RefuseName(name.Trim()) is { } refusal) return refusal;
            var normalized = AddressBookRules.Normalize(name);
            if (await db.AddressBooks.AnyAsync(
                b => !b.IsPersonal && b.NormalizedName == normalized && b.Guid != guid, cancellationToken))
            {
                return NameTaken;
            }

            (book.Name, book.NormalizedName) = (name.Trim(), normalized);
        }

        if (edit.Note is { } note) book.Note = BookText.Cut(note, BookLimits.Note);
        if (edit.Password is { } password)
        {
            if (password.Length > BookLimits.Password) return "The password is too long.";
            book.Password = secrets.Protect(password);
        }

        if (edit.Owner is { } owner && await ChangeOwnerAsync(db, user, book, owner, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        book.UpdatedAt = Now;
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Deletes shared books with all that is in them.</summary>
    public static Task DeleteAsync(
        HawserDb db, IReadOnlyCollection<Guid> guids, CancellationToken cancellationToken) =>
        db.AddressBooks.Where(b => !b.IsPersonal && guids.Contains(b.Guid)).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Shares a book; somebody it is shared with already gets the new right.</summary>
    /// <returns>The share; or why not. The caller saves.</returns>
    public async Task<(AddressBookShare? Share, string Error)> ShareAsync(
        HawserDb db, CurrentUser user, Guid book, (string? User, string? Group) with, ShareRule rule,
        CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(rule)) return (null, NoRule);
        var (kind, subject, error) = await SubjectAsync(db, with, cancellationToken);
        if (error.Length > 0) return (null, error);
        if (!await MayShareAsync(db, user, kind, subject, cancellationToken))
        {
            return (null, "You may share address books within your own user group only.");
        }

        var share = await db.AddressBookShares.FirstOrDefaultAsync(
            s => s.BookGuid == book && s.SubjectKind == kind && s.SubjectGuid == subject, cancellationToken);
        if (share is not null)
        {
            share.Rule = rule;
            return (share, "");
        }

        if (await db.AddressBookShares.CountAsync(s => s.BookGuid == book, cancellationToken) >= MostShares)
        {
            return (null, $"An address book can be shared {MostShares} times.");
        }

        db.AddressBookShares.Add(share = new AddressBookShare
        {
            BookGuid = book, SubjectKind = kind, SubjectGuid = subject, Rule = rule, CreatedAt = Now,
        });
        return (share, "");
    }

    private static async Task<string?> ChangeOwnerAsync(
        HawserDb db, CurrentUser user, AddressBook book, string owner, CancellationToken cancellationToken)
    {
        if (book.OwnerGuid != user.Guid && !user.IsAdmin) return "Only its owner can give an address book away.";
        var normalized = owner.Trim().ToUpperInvariant();
        var found = await db.Users.Where(u => u.NormalizedName == normalized).Select(u => (Guid?)u.Guid)
            .FirstOrDefaultAsync(cancellationToken);
        if (found is not { } guid) return $"There is no user \"{owner}\".";
        if (await db.AddressBooks.CountAsync(b => b.OwnerGuid == guid, cancellationToken) > BookLimits.BooksOfOwner)
        {
            return $"One user can own at most {BookLimits.BooksOfOwner} address books.";
        }

        book.OwnerGuid = guid;
        return null;
    }

    private static async Task<(ShareSubject Kind, Guid? Subject, string Error)> SubjectAsync(
        HawserDb db, (string? User, string? Group) with, CancellationToken cancellationToken)
    {
        var (user, group) = (with.User ?? "", with.Group ?? "");
        if (user.Length > 0 && group.Length > 0) return (default, null, "A rule is for a user or for a group.");
        if (user.Length == 0 && group.Length == 0) return (ShareSubject.Everybody, null, "");
        var normalized = (user.Length > 0 ? user : group).Trim().ToUpperInvariant();
        if (user.Length > 0)
        {
            var guid = await db.Users.Where(u => u.NormalizedName == normalized).Select(u => (Guid?)u.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            return guid is null ? (default, null, $"There is no user \"{user}\".") : (ShareSubject.User, guid, "");
        }

        var found = await db.UserGroups.Where(g => g.NormalizedName == normalized).Select(g => (Guid?)g.Guid)
            .FirstOrDefaultAsync(cancellationToken);
        return found is null ? (default, null, $"There is no user group \"{group}\".")
            : (ShareSubject.UserGroup, found, "");
    }

    private async Task<bool> MayShareAsync(
        HawserDb db, CurrentUser user, ShareSubject kind, Guid? subject, CancellationToken cancellationToken) =>
        user.IsAdmin || rules.Settings.ShareToOtherGroups || kind switch
        {
            ShareSubject.Everybody => false,
            ShareSubject.UserGroup => subject == user.UserGroup,
            _ => await db.Users.AnyAsync(
                u => u.Guid == subject && u.UserGroupGuid == user.UserGroup, cancellationToken),
        };
}
