using Hawser.Api.AddressBooks;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.AddressBooks;

/// <summary>How SQLite answers the lists: by an index, without sorting and without reading whole tables.</summary>
public class PlanTests
{
    [Fact]
    [Trait("Engine", "SQLite")]
    public async Task Lists_go_by_indexes()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var user = new CurrentUser(
            ann.User.Guid, "ann", false, ann.User.UserGroupGuid, Guid.Empty, TokenKind.Client, Scopes.None, "");
        await using var db = rig.Db();
        var book = Guid.NewGuid();
        var page = await PlanAsync(db, BookReader.Entries(db, book).OrderBy(e => e.Id).Skip(900).Take(100));
        page.ShouldContain("ix_address_book_entries_book_guid_id");
        page.ShouldNotContain("TEMP B-TREE");
        page.ShouldNotContain("SCAN");
        var one = await PlanAsync(db, db.AddressBookEntries.Where(e => e.BookGuid == book && e.Id == "1" && e.DeletedAt == null));
        one.ShouldContain("ix_address_book_entries_book_guid_id (book_guid=? AND id=?)");
        var bin = await PlanAsync(db, db.AddressBookEntries.Where(e => e.BookGuid == book && e.DeletedAt != null));
        bin.ShouldContain("ix_address_book_entries_book_guid");
        var shared = await PlanAsync(db, AddressBookRules.Visible(db, user).OrderBy(b => b.NormalizedName).ThenBy(b => b.Guid).Take(100));
        shared.ShouldContain("ix_address_book_shares");
        shared.ShouldContain("SEARCH a USING INDEX");
        db.AccessRules.Add(new AccessRule
        {
            SubjectKind = AccessSubject.User, SubjectGuid = ann.User.Guid, TargetKind = AccessTarget.DeviceGroup,
            TargetGuid = Guid.NewGuid(), Enabled = true, CreatedAt = BookRig.Day, UpdatedAt = BookRig.Day,
        });
        await db.SaveChangesAsync();
        var reach = await rig.Api.Services.GetRequiredService<DeviceReach>().OfAsync(db, user, CancellationToken.None);
        var peers = await PlanAsync(db, reach.Devices.OrderBy(d => d.Id).Take(100));
        peers.ShouldContain("ix_device_details_owner_guid");
        peers.ShouldContain("ix_device_group_members_group_guid");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n---\n", page, one, bin, shared, peers));
    }

    private static async Task<string> PlanAsync<T>(HawserDb db, IQueryable<T> query)
    {
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync()) lines.Add(rows.GetString(3));
        return string.Join('\n', lines);
    }
}
