using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Books;

/// <summary>Does one thing to devices of a book, named by their ids.</summary>
internal sealed class EntryJob(string action, EntryDesk desk) : JobKind
{
    /// <summary>The argument that says in which book.</summary>
    internal const string Book = "book";

    /// <summary>tag, untag: which.</summary>
    internal const string Tag = "tag";

    /// <summary>copy, move: into which book.</summary>
    internal const string To = "to";

    /// <summary>copy, move: passwords come along.</summary>
    internal const string WithPasswords = "with_passwords";

    internal const string NoRight = "Its address book is gone, or you may not do this there any more.";
    private const string Gone = "It is not in the address book any more.";
    private const int Some = 500;

    public override string Name => "books." + action;

    public override string UndoneBy => EntryRestoreJob.KindName;

    public override bool IsPersonal => true;

    // Each item asks what he may.
    public override Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    // What is so already is not taken back: somebody else did it.
    public override async Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken)
    {
        var (args, changed) = (request.Args, new HashSet<string>(StringComparer.Ordinal));
        var (book, other) = (Guid.Parse(args[Book]), args.GetValueOrDefault(To) ?? args.GetValueOrDefault(Tag, ""));
        foreach (var some in request.Items.Chunk(Some))
        {
            if (args.ContainsKey(To))
            {
                var there = await BookReader.Entries(db, Guid.Parse(other)).Where(e => some.Contains(e.Id))
                    .Select(e => e.Id).ToListAsync(cancellationToken);
                changed.UnionWith(some.Except(there, StringComparer.Ordinal));
                continue;
            }

            var rows = await BookReader.Entries(db, book).Where(e => some.Contains(e.Id))
                .ToListAsync(cancellationToken);
            changed.UnionWith(rows.Where(e => action == "bin" || EntryJobDesk.HasTag(e, other) == (action == "untag"))
                .Select(e => e.Id));
        }

        return [.. request.Items.Select(
            id => string.Join('\t', changed.Contains(id) ? action : "", book, other, id))];
    }

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var (db, args) = (step.Db, step.Request.Args);
        var need = EntriesBulk.NeedFor(action, args.ContainsKey(WithPasswords));
        var open = await EntryJobDesk.OpenAsync(db, step.Job, args[Book], need, cancellationToken);
        if (open is not { } book) return NoRight;
        var rows = await BookReader.Entries(db, book.Guid).Where(e => e.Id == item).ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            // Gone is gone, also after a crash.
            return action is "bin" or "move" ? null : Gone;
        }

        switch (action)
        {
            case "tag":
                var (tagged, refusal) = await desk.TagAsync(db, book, rows, args[Tag], cancellationToken);
                return refusal ?? tagged!.Reason;
            case "untag":
                await desk.UntagAsync(db, book, rows, args[Tag], cancellationToken);
                return null;
            case "bin":
                await desk.RemoveAsync(db, step.Job.UserName, book, [item], cancellationToken);
                return null;
            default:
                return await CopyAsync(step, book, rows, cancellationToken);
        }
    }

    private async Task<string?> CopyAsync(
        JobStep step, OpenBook book, List<AddressBookEntry> rows, CancellationToken cancellationToken)
    {
        var (db, args) = (step.Db, step.Request.Args);
        var open = await EntryJobDesk.OpenAsync(db, step.Job, args[To], ShareRule.ReadWrite, cancellationToken);
        if (open is not { } to) return NoRight;
        var done = await desk.CopyAsync(
            db, (book, to), rows, (args.ContainsKey(WithPasswords), DryRun: false), cancellationToken);
        if (done.Refused > 0) return done.Reason;
        if (action == "copy") return null;
        // Whoever put it there meanwhile may have other words for it.
        if (done.Kept > 0) return "It is in the other address book by now, and stays in this one, too.";
        await desk.RemoveAsync(db, step.Job.UserName, book, done.Ids, cancellationToken);
        return null;
    }
}

/// <summary>Takes back what a job did in address books; the items say what.</summary>
internal sealed class EntryRestoreJob(EntryDesk desk) : JobKind
{
    internal const string KindName = "books.restore";

    public override string Name => KindName;

    public override bool IsPersonal => true;

    // Each item asks what he may.
    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (item.Split('\t', 4) is not [var action, var from, var other, var id]) return "It is not known what it had.";
        // It was so before.
        if (action.Length == 0) return null;
        var isElsewhere = action is "copy" or "move";
        var (here, there) = (
            action == "copy" ? null : await OpenAsync(from), isElsewhere ? await OpenAsync(other) : null);
        if ((here is null && action != "copy") || (isElsewhere && there is null)) return EntryJob.NoRight;
        var refusal = action switch
        {
            "tag" or "untag" => await RetagAsync(
                step.Db, here!.Value, (action == "untag", other), id, cancellationToken),
            "bin" or "move" => await BringBackAsync(step.Db, here!.Value, id, cancellationToken),
            _ => null,
        };
        if (refusal is not null || there is not { } book) return refusal;
        await desk.RemoveAsync(step.Db, step.Job.UserName, book, [id], cancellationToken);
        return null;

        Task<OpenBook?> OpenAsync(string guid) =>
            EntryJobDesk.OpenAsync(step.Db, step.Job, guid, ShareRule.ReadWrite, cancellationToken);
    }

    private async Task<string?> RetagAsync(
        HawserDb db, OpenBook book, (bool On, string Name) tag, string id, CancellationToken cancellationToken)
    {
        var rows = await BookReader.Entries(db, book.Guid).Where(e => e.Id == id).ToListAsync(cancellationToken);
        // What is gone has no tag; what comes back from the bin later keeps its own.
        if (rows.Count == 0) return null;
        if (tag.On)
        {
            var (done, refusal) = await desk.TagAsync(db, book, rows, tag.Name, cancellationToken);
            return refusal ?? done!.Reason;
        }

        await desk.UntagAsync(db, book, rows, tag.Name, cancellationToken);
        return null;
    }

    private async Task<string?> BringBackAsync(
        HawserDb db, OpenBook book, string id, CancellationToken cancellationToken)
    {
        var (count, refusal) = await desk.RestoreAsync(db, book, [id], cancellationToken);
        if (refusal is not null || count > 0) return refusal;
        // It may be back already.
        return await BookReader.Entries(db, book.Guid).AnyAsync(e => e.Id == id, cancellationToken)
            ? null : "It is not in the recycle bin any more.";
    }
}
