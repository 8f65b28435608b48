using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>
/// What holds for books whoever asks, client or console: who may do what, names, limits (reference §6.4,
/// admin reference §6.5).
/// </summary>
internal sealed class AddressBookRules(SettingsStore settings, Secrets secrets, BookGates gates, TimeProvider time)
{
    private static readonly string[] ReservedNames = ["MY ADDRESS BOOK", "LEGACY ADDRESS BOOK"];

    /// <summary>The settings now.</summary>
    public AddressBookSettings Settings => settings.Get(AddressBookSettings.Key);

    /// <summary>Devices that one book may hold.</summary>
    public int EntryLimit =>
        Settings.MaxEntries is > 0 and < BookLimits.Entries ? Settings.MaxEntries : BookLimits.Entries;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>The user's personal book; made when it is first asked for.</summary>
    public async Task<Guid> PersonalAsync(HawserDb db, Guid user, CancellationToken cancellationToken)
    {
        if (await FindPersonalAsync(db, user, cancellationToken) is { } known) return known;
        using var turn = await gates.EnterAsync(db, user, cancellationToken);
        if (await FindPersonalAsync(db, user, cancellationToken) is { } made) return made;
        var book = new AddressBook { OwnerGuid = user, IsPersonal = true, CreatedAt = Now, UpdatedAt = Now };
        db.AddressBooks.Add(book);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return book.Guid;
        }
        catch (DbUpdateException)
        {
            // Another node was first; a unique index sees to it.
            db.ChangeTracker.Clear();
            if (await FindPersonalAsync(db, user, cancellationToken) is { } theirs) return theirs;
            throw;
        }
    }

    /// <summary>The shared books that a user owns or was given, with the right that counts.</summary>
    public static IQueryable<VisibleBook> Visible(HawserDb db, CurrentUser user)
    {
        var me = user.Guid;
        var mine = Shares(db, (user.Guid, user.UserGroup));
        return
            from book in db.AddressBooks.AsNoTracking()
            where !book.IsPersonal && (book.OwnerGuid == me || mine.Select(s => s.BookGuid).Contains(book.Guid))
            join owner in db.Users on book.OwnerGuid equals owner.Guid
            select new VisibleBook
            {
                Guid = book.Guid,
                Name = book.Name,
                NormalizedName = book.NormalizedName,
                Note = book.Note,
                Password = book.Password,
                Owner = owner.Name,
                Standing = book.OwnerGuid == me ? OwnerStanding : mine.Where(s => s.BookGuid == book.Guid)
                    .Max(s => (int?)(((int)s.SubjectKind * 10) + (int)s.Rule)) ?? 0,
            };
    }

    /// <summary>Finds a book and says whether the user may do that with it; otherwise what to answer.</summary>
    /// <param name="db">The database.</param>
    /// <param name="user">Who.</param>
    /// <param name="guid">Which, as it was sent.</param>
    /// <param name="need">The right that is needed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The book, or the refusal; the same one for books that are not there and books of others.</returns>
    public static Task<OpenedBook> OpenAsync(
        HawserDb db, CurrentUser user, string guid, ShareRule need, CancellationToken cancellationToken) =>
        OpenAsync(db, (user.Guid, user.UserGroup), guid, need, cancellationToken);

    /// <summary>The same for somebody who makes no request now.</summary>
    public static async Task<OpenedBook> OpenAsync(
        HawserDb db, (Guid User, Guid Group) who, string guid, ShareRule need, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return new(default, NoSuchBook);
        var me = who.User;
        var mine = Shares(db, who);
        var found = await db.AddressBooks.AsNoTracking().Where(b => b.Guid == wanted).Select(b => new
        {
            b.OwnerGuid,
            b.IsPersonal,
            Standing = mine.Where(s => s.BookGuid == b.Guid).Max(s => (int?)(((int)s.SubjectKind * 10) + (int)s.Rule)),
        }).FirstOrDefaultAsync(cancellationToken);
        if (found is null) return new(default, NoSuchBook);
        var standing = found.OwnerGuid == me ? OwnerStanding : found.IsPersonal ? 0 : found.Standing ?? 0;
        if (standing == 0) return new(default, NoSuchBook);
        var book = new OpenBook(wanted, found.IsPersonal, RuleOf(standing));
        return book.Rule < need ? new(default, ReadOnly) : new(book, null);
    }

    /// <summary>The right in a standing.</summary>
    public static ShareRule RuleOf(int standing) => (ShareRule)(standing % 10);

    /// <summary>Why a shared book can't have that name; null: it can.</summary>
    public static string? RefuseName(string name) =>
        !BookText.IsWord(name, BookLimits.Name) ? $"The name must have 1 to {BookLimits.Name} characters."
        : ReservedNames.Contains(Normalize(name), StringComparer.Ordinal)
            ? "This name is reserved, please choose another one."
        : null;

    /// <summary>Makes a shared book.</summary>
    /// <returns>The book; or why not.</returns>
    public async Task<(AddressBook? Book, string? Refusal)> CreateAsync(
        HawserDb db, Guid owner, string name, string note, string password, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (RefuseName(name) is { } refusal) return (null, refusal);
        if (password.Length > BookLimits.Password) return (null, "The password is too long.");
        using var turn = await gates.EnterAsync(db, owner, cancellationToken);
        if (await db.AddressBooks.CountAsync(b => b.OwnerGuid == owner, cancellationToken) > BookLimits.BooksOfOwner)
        {
            return (null, $"One user can own at most {BookLimits.BooksOfOwner} address books.");
        }

        var book = new AddressBook
        {
            OwnerGuid = owner,
            Name = name,
            NormalizedName = Normalize(name),
            Note = BookText.Cut(note, BookLimits.Note),
            Password = secrets.Protect(password),
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        if (await IsTakenAsync(db, book.NormalizedName, cancellationToken)) return (null, NameTaken);
        db.AddressBooks.Add(book);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return (book, null);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (await IsTakenAsync(db, book.NormalizedName, cancellationToken)) return (null, NameTaken);
            throw;
        }
    }

    /// <summary>A name as names are compared.</summary>
    public static string Normalize(string name) => name.Trim().ToUpperInvariant();

    private const int OwnerStanding = ((int)ShareSubject.User * 10) + (int)ShareRule.FullControl;

    private const string NameTaken = "There is an address book with this name already.";

    private static IResult NoSuchBook { get; } =
        ClientResults.Error(403, "There is no such address book, or you have no access to it.");

    private static IResult ReadOnly { get; } = ClientResults.Error(403, "You may only read this address book.");

    private static IQueryable<AddressBookShare> Shares(HawserDb db, (Guid User, Guid Group) who)
    {
        var (me, group) = who;
        return db.AddressBookShares.Where(s => s.SubjectKind == ShareSubject.Everybody
            || (s.SubjectKind == ShareSubject.User && s.SubjectGuid == me)
            || (s.SubjectKind == ShareSubject.UserGroup && s.SubjectGuid == group));
    }

    private static Task<bool> IsTakenAsync(HawserDb db, string normalized, CancellationToken cancellationToken) =>
        db.AddressBooks.AnyAsync(b => !b.IsPersonal && b.NormalizedName == normalized, cancellationToken);

    private static Task<Guid?> FindPersonalAsync(HawserDb db, Guid user, CancellationToken cancellationToken) =>
        db.AddressBooks.Where(b => b.OwnerGuid == user && b.IsPersonal).Select(b => (Guid?)b.Guid)
            .FirstOrDefaultAsync(cancellationToken);
}

/// <summary>A shared book as its user sees it.</summary>
internal sealed class VisibleBook
{
    public required Guid Guid { get; init; }

    public required string Name { get; init; }

    public required string NormalizedName { get; init; }

    public required string Note { get; init; }

    public required string Password { get; init; }

    public required string Owner { get; init; }

    /// <summary>
    /// Ten times who was given a share, plus what it allows: so the largest is the most particular one, not the most
    /// generous (<see cref="AddressBookRules.RuleOf"/>).
    /// </summary>
    public required int Standing { get; init; }
}

/// <summary>A book that its user may open.</summary>
/// <param name="Guid">The book.</param>
/// <param name="IsPersonal">Passwords are hashes there, and not for others.</param>
/// <param name="Rule">What the user may.</param>
internal readonly record struct OpenBook(Guid Guid, bool IsPersonal, ShareRule Rule);

/// <summary>A book, or what to answer instead.</summary>
internal readonly record struct OpenedBook(OpenBook Book, IResult? Refusal);
