using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.AddressBooks.Admin;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Books;

/// <summary>
/// <c>POST /api/books/{guid}/entries/bulk</c>: the same for many devices of a book: those named, or all that match what
/// the list was asked. Ours.
/// </summary>
internal static class EntriesBulk
{
    // As many as a recycle bin holds: nothing that goes there is gone for good.
    private const int Most = BookLimits.Binned;

    private static readonly string[] Actions = ["tag", "untag", "copy", "move", "password", "bin"];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/books/{guid}/entries/bulk", WorkAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Does something to many devices of an address book: named ones, or all that match.")
            .Reads<EntriesBulkBody>(EntriesBulkBody.Example).Answers<EntriesBulkReply>()
            .Answers<JobItem>(StatusCodes.Status202Accepted);

    private static async Task<IResult> WorkAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryFilter filter, EntryDesk desk,
        ConsoleLog log, EntryJobDesk jobs, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(
            context, BooksJson.Default.EntriesBulkBody, BookLimits.ListBytes);
        if (body is null) return error!;
        if (Complaint(body) is { } complaint) return complaint;
        var need = NeedFor(body.Action!, body.WithPasswords);
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, need, cancellationToken);
        if (refusal is not null) return refusal;
        var (rows, wrong) = await RowsAsync(db, user, book, filter, body, cancellationToken);
        if (rows is null) return wrong!;
        if (body.AsJob) return await jobs.StartAsync(context, db, book, body, rows, cancellationToken);
        var (reply, to, failure) = body.Action is "copy" or "move"
            ? await CopyAsync(db, user, (book, desk), body, rows, cancellationToken)
            : await ChangeAsync(db, user, (book, desk), body, rows, cancellationToken);
        if (reply is null) return failure!;
        if (!body.DryRun && reply.Ids.Count > 0)
        {
            log.Add(db, context, ConsoleOperation.UpdateBook,
                await BooksAdmin.NameAsync(db, book.Guid, cancellationToken), ("devices", body.Action),
                ("count", reply.Ids.Count.ToString(CultureInfo.InvariantCulture)), ("tag", body.Tag), ("to", to),
                ("passwords", reply.Passwords == 0 ? null : body.WithPasswords ? "taken along" : "left"));
            await db.SaveChangesAsync(cancellationToken);
        }

        return ClientResults.Json(reply, BooksJson.Default.EntriesBulkReply);
    }

    /// <summary>The right in a book that something needs there.</summary>
    /// <remarks>Whoever may read a device may have it in a book of his own.</remarks>
    internal static ShareRule NeedFor(string action, bool withPasswords) =>
        action == "copy" && !withPasswords ? ShareRule.Read : ShareRule.ReadWrite;

    /// <summary>Opens the book that devices are copied or moved into; otherwise what to answer.</summary>
    internal static async Task<OpenedBook> OpenTargetAsync(
        HawserDb db, CurrentUser user, OpenBook book, EntriesBulkBody body, CancellationToken cancellationToken)
    {
        var (to, refusal) = await AddressBookRules.OpenAsync(
            db, user, body.To ?? "", ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return new(default, refusal);
        if (to.Guid == book.Guid) return new(default, Problem.Invalid("to is another address book.", "to"));
        if (!body.WithPasswords || (!book.IsPersonal && !to.IsPersonal)) return new(to, null);
        const string Never = "Passwords stay in a personal address book, and do not come into one.";
        return new(default, Problem.Invalid(Never, "with_passwords"));
    }

    private static Problem? Complaint(EntriesBulkBody body)
    {
        if (!Actions.Contains(body.Action, StringComparer.Ordinal))
        {
            return Problem.Invalid("action is tag, untag, copy, move, password or bin.", "action");
        }

        if (AskedAgain.Refusal(body.Ids, body.Query, body.AsOf, "devices", "ids") is { } unclear) return unclear;
        if (body.Ids is { } ids
            && (ids.Count > Most || ids.Any(i => i is null || !BookText.IsWord(i, BookLimits.Id))))
        {
            return Problem.Invalid($"A list of at most {Most} ids is expected.", "ids");
        }

        if (body.AsJob && (body.DryRun || body.Action == "password"))
        {
            return Problem.Invalid("A job does what can be undone, and does it.", "as_job");
        }

        return body.DryRun && body.Action is not ("copy" or "move")
            ? Problem.Invalid("Only copying and moving can be tried.", "dry_run") : null;
    }

    // What the list would show for the same query, without what was added since it was read.
    private static async Task<(List<AddressBookEntry>? Rows, IResult? Error)> RowsAsync(
        HawserDb db, CurrentUser user, OpenBook book, EntryFilter filter, EntriesBulkBody body,
        CancellationToken cancellationToken)
    {
        List<AddressBookEntry> rows;
        if (body.Ids is { } ids)
        {
            rows = [];
            foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(500))
            {
                rows.AddRange(await BookReader.Entries(db, book.Guid).Where(e => some.Contains(e.Id))
                    .ToListAsync(cancellationToken));
            }
        }
        else
        {
            var entries = await filter.ApplyAsync(db, user, book, AskedAgain.Of(body.Query!), cancellationToken);
            if (AskedAgain.Until(body.AsOf) is { } asOf) entries = entries.Where(e => e.CreatedAt <= asOf);

            rows = await entries.OrderBy(e => e.Id).Take(Most + 1).ToListAsync(cancellationToken);
        }

        if (rows.Count == 0) return (null, Problem.Invalid("There is no device to do this to.", "ids"));
        if (rows.Count > Most) return (null, Problem.Invalid($"At most {Most} devices at once.", "query"));
        return AskedAgain.CountRefusal(body.Expected, rows.Count, "devices") is { } others
            ? (null, others) : (rows, null);
    }

    private static async Task<(EntriesBulkReply? Reply, string? To, IResult? Error)> ChangeAsync(
        HawserDb db, CurrentUser user, (OpenBook Book, EntryDesk Desk) with, EntriesBulkBody body,
        List<AddressBookEntry> rows, CancellationToken cancellationToken)
    {
        var (book, desk) = with;
        var tag = body.Tag ?? "";
        SelectionResult? done;
        string? refusal = null;
        switch (body.Action)
        {
            case "tag": (done, refusal) = await desk.TagAsync(db, book, rows, tag, cancellationToken); break;
            case "untag": done = await desk.UntagAsync(db, book, rows, tag, cancellationToken); break;
            case "password":
                (done, refusal) = await desk.SetPasswordAsync(
                    db, book, rows, body.Password ?? "", cancellationToken);
                break;
            default:
                done = new SelectionResult(rows.ConvertAll(e => e.Id));
                await desk.RemoveAsync(db, user.Name, book, [.. done.Ids], cancellationToken);
                break;
        }

        return done is null ? (null, null, Problem.Invalid(refusal!, body.Action == "password" ? "password" : "tag"))
            : (EntriesBulkReply.Of(done, 0), null, null);
    }

    private static async Task<(EntriesBulkReply? Reply, string? To, IResult? Error)> CopyAsync(
        HawserDb db, CurrentUser user, (OpenBook Book, EntryDesk Desk) with, EntriesBulkBody body,
        List<AddressBookEntry> rows, CancellationToken cancellationToken)
    {
        var (book, desk) = with;
        var (to, refusal) = await OpenTargetAsync(db, user, book, body, cancellationToken);
        if (refusal is not null) return (null, null, refusal);
        var done = await desk.CopyAsync(db, (book, to), rows, (body.WithPasswords, body.DryRun), cancellationToken);
        if (body.Action == "move" && !body.DryRun)
        {
            await desk.RemoveAsync(db, user.Name, book, [.. done.Ids], cancellationToken);
        }

        var ids = done.Ids.ToHashSet(StringComparer.Ordinal);
        var passwords = rows.Count(e => (e.Password.Length > 0 || e.Hash.Length > 0) && ids.Contains(e.Id));
        var name = await BooksAdmin.NameAsync(db, to.Guid, cancellationToken);
        return (EntriesBulkReply.Of(done, passwords), name.Length > 0 ? name : user.Name, null);
    }
}

/// <summary>What is done to many devices of a book.</summary>
internal sealed record EntriesBulkBody
{
    internal const string Example = """
        {"action":"move","query":"tag=north&state=offline","expected":240,"as_of":1772447400000,
        "to":"019a7c5e-0000-7000-8000-000000000000","with_passwords":false,"dry_run":true}
        """;

    /// <summary>tag, untag, copy, move, password or bin.</summary>
    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>Which devices, by id.</summary>
    [JsonPropertyName("ids")]
    public IReadOnlyList<string?>? Ids { get; init; }

    /// <summary>Or all that the list shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>As the list told it: what was added later is left alone.</summary>
    [JsonPropertyName("as_of")]
    public long? AsOf { get; init; }

    /// <summary>How many devices the caller saw; when there are others by now, nothing is done.</summary>
    [JsonPropertyName("expected")]
    public int? Expected { get; init; }

    /// <summary>tag, untag: which.</summary>
    [JsonPropertyName("tag")]
    public string? Tag { get; init; }

    /// <summary>copy, move: the guid of the other book, in which the caller may write.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }

    /// <summary>copy, move: passwords come along, so that everybody who may read the other book can use them. Needs the
    /// right to write in both, and both shared.</summary>
    [JsonPropertyName("with_passwords")]
    public bool WithPasswords { get; init; }

    /// <summary>password: for all of them; empty: none.</summary>
    [JsonPropertyName("password")]
    public string? Password { get; init; }

    /// <summary>copy, move: only say what would become of them.</summary>
    [JsonPropertyName("dry_run")]
    public bool DryRun { get; init; }

    /// <summary>Not at once but as a job, which can be stopped, and taken back for a day; not of password.</summary>
    [JsonPropertyName("as_job")]
    public bool AsJob { get; init; }
}

/// <summary>What became of them.</summary>
internal sealed record EntriesBulkReply
{
    /// <summary>Those that are different now; by these it is taken back.</summary>
    [JsonPropertyName("ids")]
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>Those that stayed as they are: they have the tag, or have it not, or are in the other book.</summary>
    [JsonPropertyName("kept")]
    public required int Kept { get; init; }

    /// <summary>Those that could not be done.</summary>
    [JsonPropertyName("refused")]
    public required int Refused { get; init; }

    /// <summary>Why.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>copy, move: how many of <see cref="Ids"/> have a password in the book that they come from.</summary>
    [JsonPropertyName("passwords")]
    public required int Passwords { get; init; }

    /// <summary>As it is answered.</summary>
    internal static EntriesBulkReply Of(SelectionResult done, int passwords) => new()
    {
        Ids = done.Ids, Kept = done.Kept, Refused = done.Refused, Reason = done.Reason, Passwords = passwords,
    };
}
