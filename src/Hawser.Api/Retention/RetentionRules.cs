using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.Data.Retention;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Retention;

/// <summary>One kind of rows that are removed when their time is over.</summary>
/// <param name="Name">For the log.</param>
/// <param name="DeleteAsync">Removes up to so many of them, the oldest first, in one statement.</param>
internal sealed record RetentionRule(string Name, Func<HawserDb, int, CancellationToken, Task<int>> DeleteAsync)
{
    /// <summary>How many of them there are.</summary>
    public required Func<HawserDb, CancellationToken, Task<int>> CountAsync { get; init; }

    /// <summary>A rule for the rows of a query, in the order in which they go.</summary>
    public static RetentionRule Of<T>(string name, Func<HawserDb, IQueryable<T>> rows)
        where T : class =>
        new(name, (db, most, ct) => rows(db).Take(most).ExecuteDeleteAsync(ct))
        {
            CountAsync = (db, ct) => rows(db).CountAsync(ct),
        };
}

/// <summary>What is removed, and when.</summary>
internal static class RetentionRules
{
    // What has expired stays a little, so that an answer can still say "expired" instead of "unknown".
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    // Somebody who comes late can have another one by it.
    private static readonly TimeSpan InvitationGrace = TimeSpan.FromDays(60);

    // An audit row names its introduction within seconds; clients repeat what was not taken for minutes.
    private static readonly TimeSpan IntroductionAge = TimeSpan.FromDays(2);

    // Longer than anybody looks at one screen.
    private static readonly TimeSpan SessionAge = TimeSpan.FromDays(30);

    // A day's chart, and time enough to roll it up after a failure.
    private static readonly TimeSpan SampleAge = TimeSpan.FromDays(3);

    // Two of the longest chart, so that there is something to compare with.
    private static readonly TimeSpan RolledAge = TimeSpan.FromDays(62);

    // What was decided about a machine that comes back later is decided anew.
    private static readonly TimeSpan ClaimAge = TimeSpan.FromDays(30);

    // Clients repeat for five minutes (client reference §10.2).
    private static readonly TimeSpan NonceAge = TimeSpan.FromHours(6);

    public static IReadOnlyList<RetentionRule> Of(RetentionSettings settings, DateTime now) =>
        [.. Kept(settings, now), .. Expired(now)];

    /// <summary>What is removed because its days are over.</summary>
    internal static List<RetentionRule> Kept(RetentionSettings settings, DateTime now)
    {
        var rules = new List<RetentionRule>();
        void Add<T>(string name, int days, Func<HawserDb, DateTime, IQueryable<T>> rows)
            where T : class
        {
            if (days <= 0) return;
            var end = now.AddDays(-days);
            rules.Add(RetentionRule.Of(name, db => rows(db, end)));
        }

        rules.AddRange(OfDevices(settings, now));
        if (settings.ConsoleDays > 0)
        {
            var end = now.AddDays(-settings.ConsoleDays);
            rules.Add(new RetentionRule("console audits", async (db, most, ct) =>
                await (await ConsoleAsync(db, end, ct)).Take(most).ExecuteDeleteAsync(ct))
            {
                CountAsync = async (db, ct) => await (await ConsoleAsync(db, end, ct)).CountAsync(ct),
            });
        }

        Add("deleted address book entries", settings.RecycleBinDays, (db, end) => db.AddressBookEntries
            .Where(e => e.DeletedAt < end).OrderBy(e => e.DeletedAt));
        Add("deleted devices", settings.RecycleBinDays, (db, end) => db.DeletedDevices
            .Where(d => d.DeletedAt < end).OrderBy(d => d.DeletedAt));
        Add("address books of deleted users", settings.RecycleBinDays, (db, end) => db.AddressBooks
            .IgnoreQueryFilters().Where(b => b.DeletedAt < end).OrderBy(b => b.DeletedAt));
        Add("deleted users", settings.RecycleBinDays, (db, end) => db.DeletedUsers
            .Where(u => u.DeletedAt < end).OrderBy(u => u.DeletedAt));
        Add("finished messages", settings.OutboxDays, (db, end) => db.Outbox
            .Where(m => m.SentAt < end || m.FailedAt < end).OrderBy(m => m.CreatedAt));
        Add("ended jobs", settings.JobDays, (db, end) => db.Jobs
            .Where(j => j.EndedAt < end).OrderBy(j => j.EndedAt));
        return rules;
    }

    // Each of a kind's steps on its own: none waits for what another keeps longer.
    private static IEnumerable<RetentionRule> OfDevices(RetentionSettings settings, DateTime now) =>
    [
        .. Steps("connection audits", settings.DaysOf(settings.ConnectionDays, g => g.ConnectionDays), now,
            (db, step, end) => step.Narrow(db, db.ConnectionAudits.Where(a => a.CreatedAt < end))
                .OrderBy(a => a.CreatedAt)),
        .. Steps("file audits", settings.DaysOf(settings.FileDays, g => g.FileDays), now,
            (db, step, end) => step.Narrow(db, db.FileAudits.Where(a => a.CreatedAt < end))
                .OrderBy(a => a.CreatedAt)),
        .. Steps("alarms", settings.DaysOf(settings.AlarmDays, g => g.AlarmDays), now,
            (db, step, end) => step.Narrow(db, db.AlarmAudits.Where(a => a.CreatedAt < end))
                .OrderBy(a => a.CreatedAt)),
    ];

    private static IEnumerable<RetentionRule> Steps<T>(
        string name, DaysByGroup days, DateTime now, Func<HawserDb, DaysStep, DateTime, IQueryable<T>> rows)
        where T : class => days.Steps().Select(
            step => RetentionRule.Of(name, db => rows(db, step, now.AddDays(-step.Days))));

    // From the beginning of the chain on, without a gap, and never the last link: the next one hangs on it.
    private static async Task<IQueryable<ConsoleAudit>> ConsoleAsync(
        HawserDb db, DateTime end, CancellationToken cancellationToken)
    {
        var first = await db.ConsoleAudits.Where(a => a.CreatedAt >= end)
            .MinAsync(a => a.Sequence, cancellationToken)
            ?? await db.ConsoleAudits.MaxAsync(a => a.Sequence, cancellationToken);
        return db.ConsoleAudits
            .Where(a => a.CreatedAt < end && (a.Sequence == null || a.Sequence < first))
            .OrderBy(a => a.Sequence).ThenBy(a => a.Guid);
    }

    private static IEnumerable<RetentionRule> Expired(DateTime now)
    {
        var end = now - Grace;
        var invitations = now - InvitationGrace;
        var introductions = now - IntroductionAge;
        var nonces = now - NonceAge;
        var sessions = now - SessionAge;
        var samples = now - SampleAge;
        var rolled = now - RolledAge;
        var claims = now - ClaimAge;
        return
        [
            RetentionRule.Of("expired logins", db => db.AccessTokens
                .Where(t => t.ExpiresAt < end).OrderBy(t => t.ExpiresAt)),
            RetentionRule.Of("accounts that were registered and never confirmed", db => db.Users
                .Where(u => u.PasswordHash == null && u.Origin == "" && u.LastLoginAt == null
                    && u.Status != UserStatus.Normal && db.LoginChallenges.Any(
                        c => c.UserGuid == u.Guid && c.Kind == ChallengeKind.Registration && c.ExpiresAt < end))
                .OrderBy(u => u.CreatedAt)),
            RetentionRule.Of("expired login challenges", db => db.LoginChallenges
                .Where(c => c.ExpiresAt < (c.Kind == ChallengeKind.Invitation || c.Kind == ChallengeKind.Registration
                    ? invitations : end))
                .OrderBy(c => c.ExpiresAt)),
            RetentionRule.Of("expired browser sign-ins", db => db.BrowserSignIns
                .Where(s => s.ExpiresAt < end).OrderBy(s => s.ExpiresAt)),
            RetentionRule.Of("expired trusted devices", db => db.TrustedDevices
                .Where(d => d.ExpiresAt < end).OrderBy(d => d.ExpiresAt)),
            RetentionRule.Of("expired switch grants", db => db.SwitchGrants
                .Where(g => g.ExpiresAt < end).OrderBy(g => g.ExpiresAt)),
            // One that was used stands for the session that it opened, however long that lasts.
            RetentionRule.Of("expired viewer tickets", db => db.ViewerTickets
                .Where(t => t.ExpiresAt < end && (t.UsedAt == null || t.UsedAt < sessions)).OrderBy(t => t.ExpiresAt)),
            // A machine that is there asks every 30 seconds.
            RetentionRule.Of("silent claims", db => db.DeviceClaims
                .Where(c => c.LastSeenAt < claims).OrderBy(c => c.LastSeenAt)),
            RetentionRule.Of("expired commands", db => db.PendingCommands
                .Where(c => c.ExpiresAt < end).OrderBy(c => c.ExpiresAt)),
            RetentionRule.Of("introductions", db => db.Introductions
                .Where(i => i.AtUtc < introductions).OrderBy(i => i.AtUtc)),
            RetentionRule.Of("nonces", db => db.AuditNonces
                .Where(n => n.AtUtc < nonces).OrderBy(n => n.AtUtc)),
            RetentionRule.Of("samples", db => db.ActivitySamples
                .Where(s => s.At < (s.Minutes < 60 ? samples : rolled)).OrderBy(s => s.At)),
            RetentionRule.Of("leases", db => db.JobLeases
                .Where(l => l.ExpiresAt < end).OrderBy(l => l.Name)),
        ];
    }
}
