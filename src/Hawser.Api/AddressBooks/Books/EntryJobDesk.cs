using System.Globalization;
using Hawser.Api.AddressBooks.Admin;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.AddressBooks.Books;

/// <summary>Takes in work on many devices of a book as a job, so that all of it can be taken back for a day.</summary>
internal sealed class EntryJobDesk(EntryDesk desk, JobDesk jobs, ConsoleLog log)
{
    private static readonly string[] Actions = ["tag", "untag", "copy", "move", "bin"];

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<EntryJobDesk>();
        foreach (var action in Actions)
        {
            services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<EntryJob>(p, action));
        }

        services.AddSingleton<JobKind, EntryRestoreJob>();
    }

    /// <summary>Begins the job; the caller has found that the user may do that in the book.</summary>
    public async Task<IResult> StartAsync(
        HttpContext context, HawserDb db, OpenBook book, EntriesBulkBody body, List<AddressBookEntry> rows,
        CancellationToken cancellationToken)
    {
        var (action, tag, user) = (body.Action!, body.Tag ?? "", CurrentUser.Of(context));
        IReadOnlyList<string> ids = rows.ConvertAll(e => e.Id);
        var args = new Dictionary<string, string>(StringComparer.Ordinal) { [EntryJob.Book] = $"{book.Guid}" };
        string? to = null;
        switch (action)
        {
            case "tag" when TagDesk.RefuseName(tag) is { } bad: return Problem.Invalid(bad, "tag");
            case "tag" or "untag":
                args[EntryJob.Tag] = tag;
                ids = [.. rows.Where(e => HasTag(e, tag) == (action == "untag")).Select(e => e.Id)];
                break;
            case "copy" or "move":
                var (other, refusal) = await EntriesBulk.OpenTargetAsync(db, user, book, body, cancellationToken);
                if (refusal is not null) return refusal;
                args[EntryJob.To] = $"{other.Guid}";
                if (body.WithPasswords) args[EntryJob.WithPasswords] = "1";
                // What the other book has, or can't take, was told by the trial and is no part of it.
                var trial = await desk.CopyAsync(
                    db, (book, other), rows, (body.WithPasswords, DryRun: true), cancellationToken);
                ids = trial.Ids;
                var name = await BooksAdmin.NameAsync(db, other.Guid, cancellationToken);
                to = name.Length > 0 ? name : user.Name;
                break;
        }

        if (ids.Count == 0) return Problem.Invalid("There is no device to do this to.", "ids");
        log.Add(db, context, ConsoleOperation.UpdateBook,
            await BooksAdmin.NameAsync(db, book.Guid, cancellationToken), ("devices", action),
            ("count", ids.Count.ToString(CultureInfo.InvariantCulture)), ("tag", body.Tag), ("to", to),
            ("passwords", body.WithPasswords ? "taken along" : null));
        var request = new JobRequest { Args = args, Items = ids };
        return await jobs.StartAsync(context, db, "books." + action, request, cancellationToken);
    }

    internal static bool HasTag(AddressBookEntry entry, string tag) =>
        TagList.Read(entry.Tags).Contains(tag, StringComparer.Ordinal);

    /// <summary>A book, if who began the job may do that with it now; null: not any more.</summary>
    internal static async Task<OpenBook?> OpenAsync(
        HawserDb db, Job job, string book, ShareRule need, CancellationToken cancellationToken)
    {
        var me = job.UserGuid;
        var group = await db.Users.Where(u => u.Guid == me && u.Status == UserStatus.Normal)
            .Select(u => (Guid?)u.UserGroupGuid).FirstOrDefaultAsync(cancellationToken);
        if (group is not { } theirs) return null;
        var (open, refusal) = await AddressBookRules.OpenAsync(db, (me, theirs), book, need, cancellationToken);
        return refusal is null ? open : null;
    }
}
