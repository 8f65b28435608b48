using System.Text.Json.Serialization;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Directories;

/// <summary>
/// Brings accounts in line with the directory: makes and updates those who are there, disables those who are gone.
/// When too many are gone at once nobody is disabled, because then it is the search that is wrong.
/// </summary>
internal sealed partial class DirectorySync(
    ApiParts parts, DirectoryClient client, ExternalAccounts accounts, AccountEvents events, TimeProvider time,
    ILogger<DirectorySync> log)
{
    /// <summary>One run.</summary>
    /// <param name="settings">The directory.</param>
    /// <param name="isTrial">Nothing is changed, only counted.</param>
    /// <param name="cancellationToken">Gives up; what was done stays.</param>
    /// <exception cref="Wire.LdapFault">The directory can't be read; nobody is disabled.</exception>
    public async Task<SyncReport> RunAsync(
        DirectorySettings settings, bool isTrial, CancellationToken cancellationToken)
    {
        var source = DirectoryRules.Source(settings);
        var report = new SyncReport();
        // Everything is read before anything is changed: a directory that breaks off half way changes nothing.
        var people = new Dictionary<string, DirectoryPerson>(StringComparer.Ordinal);
        await foreach (var person in client.ListAsync(settings, cancellationToken))
        {
            report.Read++;
            if (person.IsDisabled || source.Refusal(person.Person) is not null) report.Refused++;
            else people[person.Person.Subject] = person;
        }

        await PlanAsync(source, [.. people.Values.Select(p => p.Person)], report, cancellationToken);
        if (!isTrial) await AdmitAsync(source, people.Values, report, cancellationToken);
        await DisableAsync(settings, people, report, isTrial, cancellationToken);
        Log.Done(log, report.Read, report.Admitted, report.Refused, report.Disabled);
        return report;
    }

    private async Task PlanAsync(
        ExternalSource source, IReadOnlyList<ExternalPerson> people, SyncReport report,
        CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var plan = await AccountPlan.MakeAsync(db, source, people, cancellationToken);
        report.Created = plan.New.Count;
        report.Linked = plan.Linked;
        report.CreatedNames = [.. plan.New.Take(SyncReport.MostNames)];
        report.Left = plan.Left;
    }

    private async Task AdmitAsync(
        ExternalSource source, IEnumerable<DirectoryPerson> people, SyncReport report,
            CancellationToken cancellationToken)
    {
        // From here on it is what was done that counts.
        report.Left = 0;
        foreach (var batch in people.Chunk(200))
        {
            await using var db = parts.Store.CreateDb();
            foreach (var person in batch)
            {
                var account = await accounts.AdmitAsync(db, source, person.Person, cancellationToken, isSignIn: false);
                if (account.User is null) report.Left++;
                else report.Admitted++;
            }
        }
    }

    private async Task DisableAsync(
        DirectorySettings settings, Dictionary<string, DirectoryPerson> people, SyncReport report, bool isTrial,
        CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var known = await (
            from login in db.ExternalLogins.AsNoTracking()
            join user in db.Users.AsNoTracking() on login.UserGuid equals user.Guid
            where login.Provider == DirectoryRules.Provider && login.VanishedAt == null
                && user.Origin == DirectoryRules.Provider && user.Status == UserStatus.Normal
            orderby login.Subject
            select new { login.Subject, user.Guid, user.Name }).ToListAsync(cancellationToken);
        var gone = known.FindAll(k => !people.ContainsKey(k.Subject));
        report.Vanished = gone.Count;
        if (gone.Count == 0) return;
        if (IsTooMany(gone.Count, known.Count, settings.MaximumVanishedPercent))
        {
            report.Complaint = $"{gone.Count} of {known.Count} people are not in the directory any more; that is more "
                + $"than maximumVanishedPercent ({settings.MaximumVanishedPercent}) allows, so nobody was disabled. "
                + "Check baseDn, userFilter and allowedGroups; if it is right, raise the limit for one run.";
            Log.TooMany(log, gone.Count, known.Count);
            return;
        }

        foreach (var user in gone)
        {
            if (isTrial ? await IsLastAdminAsync(db, user.Guid, cancellationToken)
                : !await DisableAsync(db, user.Subject, user.Guid, cancellationToken)) continue;
            report.Disabled++;
            if (report.DisabledNames.Count < SyncReport.MostNames) report.DisabledNames.Add(user.Name);
            if (!isTrial) Log.Disabled(log, user.Name);
        }
    }

    private static async Task<bool> IsLastAdminAsync(HawserDb db, Guid user, CancellationToken cancellationToken) =>
        await db.Users.AnyAsync(u => u.Guid == user && u.IsAdmin, cancellationToken)
            && !await ExternalAccounts.HasOtherAdminAsync(db, user, cancellationToken);

    /// <returns>False: nobody could administer the server any more.</returns>
    private async Task<bool> DisableAsync(HawserDb db, string subject, Guid user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var turn = await AdminTurn.TakeAsync(db, cancellationToken);
        if (await IsLastAdminAsync(db, user, cancellationToken)) return false;
        await db.ExternalLogins.Where(l => l.Provider == DirectoryRules.Provider && l.Subject == subject)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.VanishedAt, now), cancellationToken);
        await db.Users.Where(u => u.Guid == user)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled), cancellationToken);
        await turn.CommitAsync(cancellationToken);
        events.Changed(user);
        return true;
    }

    /// <summary>One person may always go, if others stay; more only within the share.</summary>
    internal static bool IsTooMany(int gone, int known, int percent) =>
        gone == known ? percent < 100 : gone > 1 && gone * 100L > (long)known * percent;

    private static partial class Log
    {
        [LoggerMessage(6111, LogLevel.Information,
            "Directory: {Read} people read, {Admitted} have accounts, {Refused} may have none, {Disabled} disabled")]
        internal static partial void Done(ILogger logger, int read, int admitted, int refused, int disabled);

        [LoggerMessage(6112, LogLevel.Error,
            "Directory: {Gone} of {Known} people have vanished at once; nobody was disabled")]
        internal static partial void TooMany(ILogger logger, int gone, int known);

        [LoggerMessage(6113, LogLevel.Warning, "Directory: {User} is gone from it and disabled here")]
        internal static partial void Disabled(ILogger logger, string user);
    }
}

/// <summary>What a synchronisation did, or would do.</summary>
internal sealed class SyncReport
{
    /// <summary>The setting that keeps the last one.</summary>
    internal static SettingKey<SyncReport> Key { get; } = new("directorySync", SyncReportJson.Default.SyncReport);

    internal const int MostNames = 20;

    /// <summary>When it ended, UTC.</summary>
    public DateTime? At { get; set; }

    /// <summary>Entries that the search found.</summary>
    public int Read { get; set; }

    /// <summary>People with an account.</summary>
    public int Admitted { get; set; }

    /// <summary>Those of them whose account was made for it.</summary>
    public int Created { get; set; }

    /// <summary>Those of them whose account was there already, and is theirs from now on.</summary>
    public int Linked { get; set; }

    /// <summary>The first of those whose account is made; not kept.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> CreatedNames { get; set; } = [];

    /// <summary>The first of those whose account is disabled; not kept.</summary>
    [JsonIgnore]
    public IList<string> DisabledNames { get; } = [];

    /// <summary>People whom the directory or the settings shut out.</summary>
    public int Refused { get; set; }

    /// <summary>People without an account, because none may be made or theirs is disabled here.</summary>
    public int Left { get; set; }

    /// <summary>Accounts whose people are not there any more.</summary>
    public int Vanished { get; set; }

    /// <summary>Accounts that were disabled for it.</summary>
    public int Disabled { get; set; }

    /// <summary>Why it did not do everything; empty: it did.</summary>
    public string Complaint { get; set; } = "";
}

/// <summary>How it is kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SyncReport))]
internal sealed partial class SyncReportJson : JsonSerializerContext;
