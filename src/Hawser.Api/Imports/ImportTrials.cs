using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Import;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Imports;

/// <summary>
/// Says what an import would do, and begins one that was tried: with the same files, by the same person, within an
/// hour.
/// </summary>
internal sealed class ImportTrials(
    ApiParts parts, ImportFolder folder, Secrets secrets, JobDesk desk, ConsoleLog log, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Says what would be done.</summary>
    public static async Task<IResult> TryAsync(
        HttpContext context, CurrentUser user, ImportTrials trials, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ImportsJson.Default.ImportWish);
        return body is null ? error! : await trials.TryAsync(user, body, cancellationToken);
    }

    /// <summary>Begins it.</summary>
    public static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, ImportTrials trials, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ImportsJson.Default.ImportWish);
        return body is null ? error! : await trials.StartAsync(context, user, db, body, cancellationToken);
    }

    private async Task<IResult> TryAsync(CurrentUser user, ImportWish wish, CancellationToken cancellationToken)
    {
        if (Read(wish) is not { Source: { } source, File: { } file } asked) return Nothing;
        try
        {
            var counts = asked.Kind == HbbsImportJob.Word
                ? ImportCounts.Of(await HbbsTakeover.RunAsync(
                    file, parts.Store, dryRun: true, Now, (_, _) => Task.CompletedTask, cancellationToken))
                : await TryAccountsAsync(asked.Kind, file, cancellationToken);
            var key = KeyOf(asked.Kind, source);
            return ClientResults.Json(
                new ImportTrial(Seal(user, asked.Kind, source), counts, key), ImportsJson.Default.ImportTrial);
        }
        catch (StoreException e) when (e.Fault is StoreFault.NotADatabase or StoreFault.Unusable)
        {
            return Problem.Wrong("kind", "not_that_database", "The file is not the database of such a server.");
        }
    }

    private async Task<ImportCounts> TryAccountsAsync(string kind, string file, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        return ImportCounts.Of(kind == ProImportJob.Word
            ? await ForeignImport.RunAsync(
                await ForeignServer.ReadAsync(file, cancellationToken), db, Now, dryRun: true, cancellationToken)
            : await RustDeskApiImport.RunAsync(file, db, secrets.Protect, Now, cancellationToken, dryRun: true));
    }

    private async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, ImportWish wish, CancellationToken cancellationToken)
    {
        if (Read(wish) is not { Source: { } source } asked) return Nothing;
        if (!IsOpen(wish.Trial, user, asked.Kind, source))
        {
            return Problem.Conflict("Try it first: the files were not tried, or are not those that were.", "not_tried");
        }

        if (wish.TakeKey == true
            && await TakeKeyAsync(context, db, (asked.Kind, source), cancellationToken) is { } refusal) return refusal;
        return await desk.StartAsync(
            context, db, JobOf(asked.Kind),
            new JobRequest
            {
                Args = new Dictionary<string, string>(StringComparer.Ordinal) { ["source"] = source },
                Items = [asked.Kind],
            },
            cancellationToken);
    }

    private (string Kind, string? Source, string? File) Read(ImportWish wish)
    {
        var database = wish.Kind switch
        {
            HbbsImportJob.Word => HbbsImport.DatabaseName, RustDeskApiImportJob.Word => RustDeskApiImport.DatabaseName,
            // Only what this server read itself.
            ProImportJob.Word when wish.Folder is null => ImportFolder.Reading,
            _ => null,
        };
        if (database is null || ImportFolder.SourceOf(wish.Folder, wish.Upload) is not { } source) return default;
        return folder.Find(source, database) is { } file ? (wish.Kind!, source, file) : default;
    }

    private static string JobOf(string kind) => kind switch
    {
        HbbsImportJob.Word => HbbsImportJob.KindName, ProImportJob.Word => ProImportJob.KindName,
        _ => RustDeskApiImportJob.KindName,
    };

    private ImportKey KeyOf(string kind, string source)
    {
        var own = parts.KeyPair?.Invoke();
        if (kind != HbbsImportJob.Word || folder.Find(source, ImportFolder.KeyName) is not { } file)
        {
            return new ImportKey("none", "", own?.PublicKey ?? "", false);
        }

        var old = HbbsTakeover.PublicKeyOf(file);
        var state = old.Length == 0 ? "broken" : old == own?.PublicKey ? "same" : "other";
        return new ImportKey(
            state, old, own?.PublicKey ?? "",
            state == "other" && own is { Source: "file", NextKey: "" } && parts.AdoptKey is not null);
    }

    private async Task<IResult?> TakeKeyAsync(
        HttpContext context, HawserDb db, (string Kind, string Source) from, CancellationToken cancellationToken)
    {
        var (kind, source) = from;
        var key = KeyOf(kind, source);
        if (key.State == "same") return null;
        if (!key.CanTake || parts.AdoptKey is not { } adopt
            || folder.Find(source, ImportFolder.KeyName) is not { } file)
        {
            return Problem.Conflict("The key pair can not be taken over from here.", "key_stays");
        }

        var done = adopt(await File.ReadAllTextAsync(file, cancellationToken));
        if (done.Complaint.Length > 0) return Problem.Conflict(done.Complaint, "key_stays");
        log.Add(
            db, context, ConsoleOperation.ReplaceKey, key.OwnKey, ("next", done.NextKey), ("kept", done.KeptAs),
            ("reason", "import"));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static IResult Nothing { get; } = Problem.Wrong(
        "folder", "no_such_source", "There is no such database; name a folder of the import folder, or send the file.");

    private string Seal(CurrentUser user, string kind, string source) => secrets.Protect(string.Join(
        '\n', "import", user.Guid.ToString("N"), kind, source, folder.StampOf(source),
        (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

    private bool IsOpen(string? trial, CurrentUser user, string kind, string source)
    {
        if (trial is not { Length: > 0 and < 4096 } || secrets.Unprotect(trial) is not { } text) return false;
        return text.Split('\n') is ["import", var who, var what, var from, var stamp, var until]
            && who == user.Guid.ToString("N") && what == kind && from == source && stamp == folder.StampOf(source)
            && long.Parse(until, CultureInfo.InvariantCulture) >= time.GetUtcNow().ToUnixTimeSeconds();
    }
}
