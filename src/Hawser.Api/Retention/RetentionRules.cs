using Hawser.Data;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Retention;

/// <summary>One kind of rows that are removed when their time is over.</summary>
/// <param name="Name">For the log.</param>
/// <param name="DeleteAsync">Removes up to so many of them, the oldest first, in one statement.</param>
internal sealed record RetentionRule(string Name, Func<HawserDb, int, CancellationToken, Task<int>> DeleteAsync);

/// <summary>What is removed, and when.</summary>
internal static class RetentionRules
{
    // What has expired stays a little, so that an answer can still say "expired" instead of "unknown".
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    // An audit row names its introduction within seconds; clients repeat what was not taken for minutes.
    private static readonly TimeSpan IntroductionAge = TimeSpan.FromDays(2);

    // Clients repeat for five minutes (client reference §10.2).
    private static readonly TimeSpan NonceAge = TimeSpan.FromHours(6);

    public static IReadOnlyList<RetentionRule> Of(RetentionSettings settings, DateTime now) =>
        [.. Kept(settings, now), .. Expired(now)];

    private static List<RetentionRule> Kept(RetentionSettings settings, DateTime now)
    {
        var rules = new List<RetentionRule>();
        void Add(string name, int days, Func<HawserDb, DateTime, int, CancellationToken, Task<int>> delete)
        {
            if (days <= 0) return;
            var end = now.AddDays(-days);
            rules.Add(new RetentionRule(name, (db, most, ct) => delete(db, end, most, ct)));
        }

        Add("connection audits", settings.ConnectionDays, (db, end, most, ct) => db.ConnectionAudits
            .Where(a => a.CreatedAt < end).OrderBy(a => a.CreatedAt).Take(most).ExecuteDeleteAsync(ct));
        Add("file audits", settings.FileDays, (db, end, most, ct) => db.FileAudits
            .Where(a => a.CreatedAt < end).OrderBy(a => a.CreatedAt).Take(most).ExecuteDeleteAsync(ct));
        Add("alarms", settings.AlarmDays, (db, end, most, ct) => db.AlarmAudits
            .Where(a => a.CreatedAt < end).OrderBy(a => a.CreatedAt).Take(most).ExecuteDeleteAsync(ct));
        Add("console audits", settings.ConsoleDays, DeleteConsoleAsync);
        Add("deleted address book entries", settings.RecycleBinDays, (db, end, most, ct) => db.AddressBookEntries
            .Where(e => e.DeletedAt < end).OrderBy(e => e.DeletedAt).Take(most).ExecuteDeleteAsync(ct));
        Add("finished messages", settings.OutboxDays, (db, end, most, ct) => db.Outbox
            .Where(m => m.SentAt < end || m.FailedAt < end).OrderBy(m => m.CreatedAt).Take(most)
            .ExecuteDeleteAsync(ct));
        return rules;
    }

    // From the beginning of the chain on, without a gap, and never the last link: the next one hangs on it.
    private static async Task<int> DeleteConsoleAsync(
        HawserDb db, DateTime end, int most, CancellationToken cancellationToken)
    {
        var first = await db.ConsoleAudits.Where(a => a.CreatedAt >= end)
            .MinAsync(a => a.Sequence, cancellationToken)
            ?? await db.ConsoleAudits.MaxAsync(a => a.Sequence, cancellationToken);
        return await db.ConsoleAudits
            .Where(a => a.CreatedAt < end && (a.Sequence == null || a.Sequence < first))
            .OrderBy(a => a.Sequence).ThenBy(a => a.Guid).Take(most).ExecuteDeleteAsync(cancellationToken);
    }

    private static IEnumerable<RetentionRule> Expired(DateTime now)
    {
        var end = now - Grace;
        var introductions = now - IntroductionAge;
        var nonces = now - NonceAge;
        return
        [
            new("expired logins", (db, most, ct) => db.AccessTokens
                .Where(t => t.ExpiresAt < end).OrderBy(t => t.ExpiresAt).Take(most).ExecuteDeleteAsync(ct)),
            new("expired login challenges", (db, most, ct) => db.LoginChallenges
                .Where(c => c.ExpiresAt < end).OrderBy(c => c.ExpiresAt).Take(most).ExecuteDeleteAsync(ct)),
            new("expired browser sign-ins", (db, most, ct) => db.BrowserSignIns
                .Where(s => s.ExpiresAt < end).OrderBy(s => s.ExpiresAt).Take(most).ExecuteDeleteAsync(ct)),
            new("expired trusted devices", (db, most, ct) => db.TrustedDevices
                .Where(d => d.ExpiresAt < end).OrderBy(d => d.ExpiresAt).Take(most).ExecuteDeleteAsync(ct)),
            new("expired switch grants", (db, most, ct) => db.SwitchGrants
                .Where(g => g.ExpiresAt < end).OrderBy(g => g.ExpiresAt).Take(most).ExecuteDeleteAsync(ct)),
            new("expired commands", (db, most, ct) => db.PendingCommands
                .Where(c => c.ExpiresAt < end).OrderBy(c => c.ExpiresAt).Take(most).ExecuteDeleteAsync(ct)),
            new("introductions", (db, most, ct) => db.Introductions
                .Where(i => i.AtUtc < introductions).OrderBy(i => i.AtUtc).Take(most).ExecuteDeleteAsync(ct)),
            new("nonces", (db, most, ct) => db.AuditNonces
                .Where(n => n.AtUtc < nonces).OrderBy(n => n.AtUtc).Take(most).ExecuteDeleteAsync(ct)),
            new("leases", (db, most, ct) => db.JobLeases
                .Where(l => l.ExpiresAt < end).OrderBy(l => l.Name).Take(most).ExecuteDeleteAsync(ct)),
        ];
    }
}
