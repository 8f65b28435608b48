using Hawser.Api.Audit;
using Hawser.Api.Retention;
using Hawser.Api.Settings;
using Hawser.Data.Audit;
using Hawser.Data.Leases;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>The chain over what was done in the console.</summary>
public sealed class ConsoleChainTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private AdminRig _rig = null!;

    private AuditSealer Sealer => _rig.Api.Services.GetRequiredService<AuditSealer>();

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync(_time);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task What_was_done_is_sealed_in_order_and_the_chain_holds()
    {
        for (var i = 0; i < 3; i++) await _rig.PostAsync("/api/user-groups", $$"""{"name":"g{{i}} 大 \"q\""}""");
        await SealAsync();
        await _rig.PostAsync("/api/user-groups", """{"name":"later"}""");
        await SealAsync();
        var report = await VerifyAsync();
        (report.Rows, report.First, report.Last, report.Waiting).ShouldBe((4, 1, 4, 0));
        report.Faults.ShouldBeEmpty();
        report.Head.Count.ShouldBe(ConsoleChain.HashLength);
        (await _rig.AllAsync("/api/audits/console", 10)).ConvertAll(r => r.Of("sequence")).ShouldBe(["4", "3", "2", "1"]);
        (await Sealer.RunAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Theory]
    [InlineData("changed", "2 was changed")]
    [InlineData("renamed", "2 was changed")]
    [InlineData("moved", "2 was changed")]
    [InlineData("deleted", "2..2 are missing")]
    [InlineData("forged", "3 does not follow")]
    public async Task A_row_that_was_changed_taken_away_or_forged_is_found(string how, string fault)
    {
        await AddAsync(5);
        await SealAsync();
        await using (var db = _rig.Db())
        {
            var row = await db.ConsoleAudits.SingleAsync(r => r.Sequence == 2);
            if (how == "changed") row.Info = row.Info.Replace("op1", "op9", StringComparison.Ordinal);
            if (how == "renamed") row.Operator = "somebody else";
            if (how == "moved") row.CreatedAt = row.CreatedAt.AddSeconds(1);
            if (how == "deleted") db.ConsoleAudits.Remove(row);
            if (how == "forged")
            {
                // With a hash that fits itself: the next row gives it away.
                row.Operator = "somebody else";
                row.Hash = ConsoleChain.HashOf(row);
            }

            await db.SaveChangesAsync();
        }

        (await VerifyAsync()).Faults.ShouldHaveSingleItem().ShouldContain(fault);
    }

    [Fact]
    public async Task Many_writers_and_two_sealers_make_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < 10; i++) (await _rig.PostAsync("/api/user-groups", $$"""{"name":"g{{writer}}-{{i}}"}""")).ShouldBeFine();
        }).Concat([SealOftenAsync(), SealOftenAsync()]));
        await SealAsync();
        var report = await VerifyAsync();
        (report.Rows, report.First, report.Last, report.Waiting).ShouldBe((80, 1, 80, 0));
        report.Faults.ShouldBeEmpty();

        // Without a lease, as a node does that was asleep while its lease ran out.
        async Task SealOftenAsync()
        {
            for (var i = 0; i < 20; i++)
            {
                try
                {
                    await using var db = _rig.Db();
                    await ConsoleChain.SealAsync(db, 7, CancellationToken.None);
                }
                catch (DbUpdateException)
                {
                    // The other one was faster.
                }
            }
        }
    }

    [Fact]
    public async Task Retention_takes_the_oldest_rows_without_a_gap_and_leaves_the_last()
    {
        await AddAsync(3);
        await SealAsync();
        _time.Advance(TimeSpan.FromDays(20));
        await AddAsync(2);
        await SealAsync();
        await _rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
            RetentionSettings.Key, new RetentionSettings { ConsoleDays = 10 }, default);
        var report = await RetainAsync(leaves: 2);
        (report.Rows, report.First, report.Last).ShouldBe((2, 4, 5));
        report.Faults.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromDays(20));
        (await RetainAsync(leaves: 1)).Rows.ShouldBe(1, "the next row hangs on the last one");
        await AddAsync(1);
        await SealAsync();
        report = await VerifyAsync();
        (report.First, report.Last).ShouldBe((5, 6));
        report.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_sealed_while_another_node_does()
    {
        await AddAsync(1);
        var other = new JobLeases(_rig.Server.Node.Store!, _time);
        (await other.TryTakeAsync(AuditSealer.Job, TimeSpan.FromMinutes(1), CancellationToken.None)).ShouldBeTrue();
        (await Sealer.RunAsync(CancellationToken.None)).ShouldBe(0);
        await other.ReleaseAsync(AuditSealer.Job, CancellationToken.None);
        (await Sealer.RunAsync(CancellationToken.None)).ShouldBe(1);
    }

    private async Task AddAsync(int count)
    {
        await using var db = _rig.Db();
        for (var i = 0; i < count; i++)
        {
            db.ConsoleAudits.Add(new ConsoleAudit
            {
                Operator = "root", Area = 1, Operation = 11, Info = $"{{\"targets\":[\"op{i}\"]}}", Address = "127.0.0.1",
                CreatedAt = _time.GetUtcNow().UtcDateTime.AddSeconds(i),
            });
        }

        await db.SaveChangesAsync();
    }

    // As often as needed: the server's own turn may hold the lease in this moment.
    private async Task SealAsync()
    {
        for (var i = 0; i < 3000; i++)
        {
            await Sealer.RunAsync(CancellationToken.None);
            await using var db = _rig.Db();
            if (!await db.ConsoleAudits.AnyAsync(r => r.Sequence == null)) return;
            await Task.Delay(10);
        }

        throw new TimeoutException("never sealed");
    }

    // As above.
    private async Task<ChainReport> RetainAsync(int leaves)
    {
        var job = _rig.Api.Services.GetRequiredService<RetentionJob>();
        for (var i = 0; i < 3000; i++)
        {
            await job.RunAsync(CancellationToken.None);
            var report = await VerifyAsync();
            if (report.Rows <= leaves) return report;
            await Task.Delay(10);
        }

        throw new TimeoutException("never removed");
    }

    private async Task<ChainReport> VerifyAsync()
    {
        await using var db = _rig.Db();
        return await ConsoleChain.VerifyAsync(db, CancellationToken.None);
    }
}
