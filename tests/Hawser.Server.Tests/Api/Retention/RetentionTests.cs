using Hawser.Api.Retention;
using Hawser.Api.Settings;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Audit;
using Hawser.Data.Leases;
using Hawser.Data.Notifications;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Retention;

public sealed class RetentionTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestHawser _server = null!;
    private ApiClient _api = null!;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private RetentionJob Job => _api.Services.GetRequiredService<RetentionJob>();

    public async ValueTask InitializeAsync()
    {
        _server = await TestHawser.StartAsync(time: _time);
        _api = new ApiClient(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_is_older_than_its_kinds_days_goes_and_the_rest_stays()
    {
        await SetAsync(new RetentionSettings { ConnectionDays = 10, FileDays = 20, AlarmDays = 0, ConsoleDays = 30 });
        await using (var db = _api.OpenDb())
        {
            foreach (var days in (int[])[1, 15, 25, 1000])
            {
                var at = Now.AddDays(-days);
                db.ConnectionAudits.Add(new ConnectionAudit { DeviceId = $"{days}", CreatedAt = at });
                db.FileAudits.Add(new FileAudit { DeviceId = $"{days}", CreatedAt = at });
                db.AlarmAudits.Add(new AlarmAudit { DeviceId = $"{days}", CreatedAt = at });
                db.ConsoleAudits.Add(new ConsoleAudit { Operator = $"{days}", CreatedAt = at });
                db.Outbox.Add(new OutboxMessage { Recipient = $"sent {days}", CreatedAt = at, SentAt = at, NextAttemptAt = at });
                db.Outbox.Add(new OutboxMessage { Recipient = $"waiting {days}", CreatedAt = at, NextAttemptAt = at });
            }

            await db.SaveChangesAsync();
        }

        await Job.RunAsync(CancellationToken.None);

        await using var left = _api.OpenDb();
        (await left.ConnectionAudits.Select(a => a.DeviceId).ToListAsync()).ShouldBe(["1"], ignoreOrder: true);
        (await left.FileAudits.Select(a => a.DeviceId).ToListAsync()).ShouldBe(["1", "15"], ignoreOrder: true);
        (await left.AlarmAudits.CountAsync()).ShouldBe(4, "0 days: for ever");
        (await left.ConsoleAudits.Select(a => a.Operator).ToListAsync()).ShouldBe(["1", "15", "25"], ignoreOrder: true);
        (await left.Outbox.CountAsync(m => m.SentAt != null)).ShouldBe(1);
        (await left.Outbox.CountAsync(m => m.SentAt == null)).ShouldBe(4, "what waits is not lost by waiting");
    }

    [Fact]
    public async Task Recycle_bins_logins_challenges_nonces_and_introductions_end()
    {
        var user = await _api.AddUserAsync("mara");
        await using (var db = _api.OpenDb())
        {
            var book = new AddressBook { OwnerGuid = user.Guid, Name = "b", NormalizedName = "B", CreatedAt = Now };
            db.AddressBooks.Add(book);
            db.AddressBookEntries.Add(new AddressBookEntry { BookGuid = book.Guid, Id = "kept", CreatedAt = Now.AddYears(-1) });
            db.AddressBookEntries.Add(new AddressBookEntry { BookGuid = book.Guid, Id = "young", DeletedAt = Now.AddDays(-29) });
            db.AddressBookEntries.Add(new AddressBookEntry { BookGuid = book.Guid, Id = "old", DeletedAt = Now.AddDays(-31) });
            db.AccessTokens.Add(new AccessToken { UserGuid = user.Guid, Hash = [1], CreatedAt = Now, ExpiresAt = Now.AddDays(-2) });
            db.AccessTokens.Add(new AccessToken { UserGuid = user.Guid, Hash = [2], CreatedAt = Now, ExpiresAt = Now.AddDays(2) });
            db.AccessTokens.Add(new AccessToken { UserGuid = user.Guid, Hash = [3], CreatedAt = Now, ExpiresAt = null });
            db.LoginChallenges.Add(new LoginChallenge { UserGuid = user.Guid, SecretHash = [1], CreatedAt = Now, ExpiresAt = Now.AddDays(-2) });
            db.AuditNonces.Add(new AuditNonce { Nonce = "old", AtUtc = Now.AddDays(-1) });
            db.AuditNonces.Add(new AuditNonce { Nonce = "new", AtUtc = Now.AddMinutes(-10) });
            db.Introductions.Add(new Introduction { Reference = "old", AtUtc = Now.AddDays(-3) });
            await db.SaveChangesAsync();
        }

        await Job.RunAsync(CancellationToken.None);

        await using var left = _api.OpenDb();
        (await left.AddressBookEntries.Select(e => e.Id).ToListAsync()).ShouldBe(["kept", "young"], ignoreOrder: true);
        (await left.AccessTokens.CountAsync()).ShouldBe(2);
        (await left.LoginChallenges.AnyAsync()).ShouldBeFalse();
        (await left.AuditNonces.Select(n => n.Nonce).ToListAsync()).ShouldBe(["new"]);
        (await left.Introductions.AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task It_runs_every_hour_and_only_on_the_node_that_has_the_lease()
    {
        var other = new JobLeases(_server.Node.Store!, _time);
        (await other.TryTakeAsync(RetentionJob.Job, TimeSpan.FromMinutes(90), CancellationToken.None)).ShouldBeTrue();
        await AddNonceAsync("one");
        (await Job.RunAsync(CancellationToken.None)).ShouldBe(0);
        (await other.ReleaseAsync(RetentionJob.Job, CancellationToken.None)).ShouldBeTrue();
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(RetentionJob.Period);
                using var db = _api.OpenDb();
                return !db.AuditNonces.Any();
            },
            "the nonce is gone");
    }

    [Fact]
    public async Task Many_rows_go_in_many_small_steps()
    {
        await using (var db = _api.OpenDb())
        {
            db.AuditNonces.AddRange(
                Enumerable.Range(0, 2500).Select(i => new AuditNonce { Nonce = $"{i}", AtUtc = Now.AddDays(-2) }));
            await db.SaveChangesAsync();
        }

        (await Job.RunAsync(CancellationToken.None)).ShouldBe(2500);
        _server.Log.ShouldContain("Retention: 2500 nonces removed");
    }

    private async Task AddNonceAsync(string nonce)
    {
        await using var db = _api.OpenDb();
        db.AuditNonces.Add(new AuditNonce { Nonce = nonce, AtUtc = Now.AddDays(-2) });
        await db.SaveChangesAsync();
    }

    private Task SetAsync(RetentionSettings settings) => _api.Services.GetRequiredService<SettingsStore>()
        .SetAsync(RetentionSettings.Key, settings, CancellationToken.None);
}
