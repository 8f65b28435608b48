using System.Net.Sockets;
using System.Text;
using Hawser.Api.AddressBooks;
using Hawser.Data.AddressBooks;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.AddressBooks;

public class ReadingTests
{
    [Fact]
    public async Task C35_the_personal_book_is_made_once_and_an_empty_request_is_enough()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var first = await ann.PostAsync("/api/ab/personal");
        first.Status.ShouldBe(200);
        first.Type!.ToString().ShouldBe("application/json; charset=utf-8");
        first.Json.EnumerateObject().Count().ShouldBe(1);
        Guid.TryParseExact(first.Json.Text("guid"), "D", out _).ShouldBeTrue();
        (await ann.PersonalAsync()).ShouldBe(first.Json.Text("guid"));
        (await ann.GetAsync("/api/ab/personal")).Text.ShouldBe(first.Text);
        var bob = await rig.UserAsync("bob");
        var many = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => bob.PersonalAsync()));
        many.Distinct().ShouldHaveSingleItem();
        many[0].ShouldNotBe(first.Json.Text("guid"));
    }

    [Fact]
    public async Task C35_as_clients_of_1_4_4_ask_without_body_and_without_length()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", rig.Api.Server.HttpPort);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/ab/personal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + $"Authorization: Bearer {ann.Token}\r\nConnection: close\r\n\r\n"));
        var text = await new StreamReader(stream).ReadToEndAsync();
        text.ShouldStartWith("HTTP/1.1 200");
        text.ShouldContain("{\"guid\":\"");
    }

    [Fact]
    public async Task C36_with_old_books_only_clients_are_sent_to_the_old_book()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.SetAsync(AddressBookSettings.Key, new AddressBookSettings { LegacyOnly = true });
        (await ann.PostAsync("/api/ab/personal")).ShouldBeRefused(404);
        (await ann.GetAsync("/api/ab")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task C37_the_limit_is_an_integer()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        (await ann.PostAsync("/api/ab/settings")).Text.ShouldBe("""{"max_peer_one_ab":0}""");
        await rig.SetAsync(AddressBookSettings.Key, new AddressBookSettings { MaxEntries = 250 });
        (await ann.GetAsync("/api/ab/settings")).Text.ShouldBe("""{"max_peer_one_ab":250}""");
    }

    [Fact]
    public async Task C38_250_shared_books_come_in_three_pages_each_once()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var ops = await rig.UserAsync("ops");
        await using (var db = rig.Db())
        {
            for (var i = 0; i < 250; i++)
            {
                var book = new AddressBook
                {
                    OwnerGuid = i < 20 ? ann.User.Guid : ops.User.Guid, Name = $"Book {i % 50} {i}", NormalizedName = $"BOOK {i % 50} {i}",
                    CreatedAt = BookRig.Day, UpdatedAt = BookRig.Day,
                };
                db.AddressBooks.Add(book);
                // Some by two ways.
                db.AddressBookShares.Add(new AddressBookShare { BookGuid = book.Guid, Rule = ShareRule.Read, CreatedAt = BookRig.Day });
                if (i % 3 == 0) db.AddressBookShares.Add(new AddressBookShare { BookGuid = book.Guid, SubjectKind = ShareSubject.User, SubjectGuid = ann.User.Guid, Rule = ShareRule.ReadWrite, CreatedAt = BookRig.Day });
            }

            await db.SaveChangesAsync();
        }

        await ann.PersonalAsync();
        var names = new List<string>();
        foreach (var (page, size) in new[] { (1, 100), (2, 100), (3, 50) })
        {
            var answer = await ann.PostAsync($"/api/ab/shared/profiles?current={page}&pageSize=100");
            answer.Json.GetProperty("total").GetInt32().ShouldBe(250);
            var data = answer.Json.GetProperty("data");
            data.GetArrayLength().ShouldBe(size);
            names.AddRange(data.EnumerateArray().Select(b => b.Text("name")));
        }

        names.Distinct().Count().ShouldBe(250);
        (await ann.PostAsync("/api/ab/shared/profiles?current=4&pageSize=100")).Text.ShouldBe("""{"total":250,"data":[]}""");
    }

    [Fact]
    public async Task C39_without_shares_the_list_is_empty_and_the_personal_book_is_not_in_it()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await ann.PersonalAsync();
        (await ann.PostAsync("/api/ab/shared/profiles?current=1&pageSize=100")).Text.ShouldBe("""{"total":0,"data":[]}""", rig.Api.Server.Log);
    }

    [Fact]
    public async Task The_right_that_counts_is_the_most_particular_share_not_the_most_generous()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var ops = await rig.UserAsync("ops");
        var group = ann.User.UserGroupGuid;
        var a = await rig.BookAsync(ops, "A user beats group beats everybody", "b00k-Pw");
        await rig.ShareAsync(a, ShareSubject.Everybody, null, ShareRule.FullControl);
        await rig.ShareAsync(a, ShareSubject.UserGroup, group, ShareRule.ReadWrite);
        await rig.ShareAsync(a, ShareSubject.User, ann.User.Guid, ShareRule.Read);
        var b = await rig.BookAsync(ops, "B group beats everybody");
        await rig.ShareAsync(b, ShareSubject.Everybody, null, ShareRule.FullControl);
        await rig.ShareAsync(b, ShareSubject.UserGroup, group, ShareRule.ReadWrite);
        await rig.ShareAsync(b, ShareSubject.UserGroup, Guid.NewGuid(), ShareRule.Read);
        var c = await rig.BookAsync(ann, "C owned");
        await rig.ShareAsync(c, ShareSubject.User, ann.User.Guid, ShareRule.Read);
        var d = await rig.BookAsync(ops, "D not shared with ann");
        await rig.ShareAsync(d, ShareSubject.User, ops.User.Guid, ShareRule.Read);
        var books = (await ann.PostAsync("/api/ab/shared/profiles?current=1&pageSize=100")).Json.GetProperty("data").EnumerateArray().ToArray();
        books.Select(x => x.GetProperty("rule").GetInt32()).ShouldBe([1, 2, 3]);
        books[0].Text("owner").ShouldBe("ops");
        books[0].GetProperty("info").Text("password").ShouldBe("b00k-Pw");
        books[1].GetProperty("info").EnumerateObject().ShouldBeEmpty();
        (await ann.PostAsync($"/api/ab/peer/add/{a}", """{"id":"1"}""")).ShouldBeRefused(403);
        (await ann.PostAsync($"/api/ab/peer/add/{b}", """{"id":"1"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{c}", """{"id":"1"}""")).ShouldBeDone();
        await using var db = rig.Db();
        (await db.AddressBooks.SingleAsync(x => x.Guid == a)).Password.ShouldNotContain("b00k");
    }

    [Fact]
    public async Task C40_reserved_and_taken_names_are_refused()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var rules = (AddressBookRules)rig.Api.Services.GetService(typeof(AddressBookRules))!;
        await rig.BookAsync(ann, "Branch North");
        foreach (var name in new[] { "My address book", " my ADDRESS book ", "Legacy address book", "", "  ", "a\nb", new string('x', 129), "branch north" })
        {
            await using var db = rig.Db();
            var (book, refusal) = await rules.CreateAsync(db, ann.User.Guid, name, "", "", CancellationToken.None);
            book.ShouldBeNull(name);
            refusal.ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public async Task C41_the_second_page_of_150_has_50()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        await rig.EntriesAsync(Guid.Parse(book), 150);
        var first = await ann.PostAsync($"/api/ab/peers?current=1&pageSize=100&ab={book}");
        var second = await ann.PostAsync($"/api/ab/peers?current=2&pageSize=100&ab={book}");
        second.Json.GetProperty("total").GetInt32().ShouldBe(150);
        second.Json.GetProperty("data").GetArrayLength().ShouldBe(50);
        first.Json.GetProperty("data").EnumerateArray().Concat(second.Json.GetProperty("data").EnumerateArray())
            .Select(e => e.Text("id")).Distinct().Count().ShouldBe(150);
        var byGet = await ann.GetAsync($"/api/ab/peers?ab={book}&id=%25149%25&pageSize=30&current=1");
        byGet.Json.GetProperty("total").GetInt32().ShouldBe(1);
        (await ann.GetAsync($"/api/ab/peers?ab={book}&id=100000149&alias=-")).Json.GetProperty("total").GetInt32().ShouldBe(1);
        (await ann.GetAsync($"/api/ab/peers?ab={book}&alias=%25_%25")).Json.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task C42_books_of_others_are_as_if_they_were_not_there_on_every_route()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var eve = await rig.UserAsync("eve");
        var personal = await ann.PersonalAsync();
        var shared = await rig.BookAsync(ann, "Ann's own");
        foreach (var book in new[] { personal, shared.ToString() })
        {
            (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"shop","color":1}""")).ShouldBeDone();
            (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"771200345","alias":"secret till","tags":["shop"]}""")).ShouldBeDone();
        }

        var unknown = await eve.PostAsync($"/api/ab/peers?current=1&pageSize=100&ab={Guid.NewGuid()}");
        foreach (var book in new[] { personal, shared.ToString(), "", "x", "' OR 1=1", Guid.Empty.ToString() })
        {
            var answers = new List<Answer>
            {
                await eve.PostAsync($"/api/ab/peers?current=1&pageSize=100&ab={Uri.EscapeDataString(book)}"),
            };
            if (book.Length > 0)
            {
                var path = Uri.EscapeDataString(book);
                answers.AddRange([
                    await eve.PostAsync($"/api/ab/tags/{path}"),
                    await eve.PostAsync($"/api/ab/peer/add/{path}", """{"id":"9"}"""),
                    await eve.PutAsync($"/api/ab/peer/update/{path}", """{"id":"771200345","alias":"x"}"""),
                    await eve.DeleteAsync($"/api/ab/peer/{path}", """["771200345"]"""),
                    await eve.PostAsync($"/api/ab/tag/add/{path}", """{"name":"x","color":1}"""),
                    await eve.PutAsync($"/api/ab/tag/rename/{path}", """{"old":"shop","new":"x"}"""),
                    await eve.PutAsync($"/api/ab/tag/update/{path}", """{"name":"shop","color":2}"""),
                    await eve.DeleteAsync($"/api/ab/tag/{path}", """["shop"]"""),
                ]);
            }

            foreach (var answer in answers)
            {
                answer.ShouldBeRefused(403);
                answer.Text.ShouldBe(unknown.Text, "whether a book exists is not told");
            }
        }

        foreach (var book in new[] { personal, shared.ToString() })
        {
            (await ann.EntryAsync(book, "771200345")).Text("alias").ShouldBe("secret till");
            (await ann.PostAsync($"/api/ab/tags/{book}")).Text.ShouldBe("""[{"name":"shop","color":1}]""");
        }
    }

    [Fact]
    public async Task C43_types_are_those_that_clients_assign_and_hashes_stay_in_personal_books()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var personal = await ann.PersonalAsync();
        var shared = await rig.BookAsync(ann, "Branch North");
        const string Body = """{"id":"771200345","alias":"till 3","tags":["shop"],"hash":"aGFzaA==","password":"plain-Pw"}""";
        (await ann.PostAsync($"/api/ab/peer/add/{personal}", Body)).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{shared}", Body)).ShouldBeDone();
        var mine = await ann.EntryAsync(personal, "771200345");
        mine.Text("hash").ShouldBe("aGFzaA==");
        mine.TryGetProperty("password", out _).ShouldBeFalse();
        var theirs = await ann.EntryAsync(shared, "771200345");
        theirs.Text("password").ShouldBe("plain-Pw");
        theirs.TryGetProperty("hash", out _).ShouldBeFalse();
        foreach (var entry in new[] { mine, theirs })
        {
            foreach (var name in new[] { "id", "username", "hostname", "platform", "alias", "note", "loginName", "device_group_name", "forceAlwaysRelay", "rdpPort", "rdpUsername" })
            {
                entry.GetProperty(name).ValueKind.ShouldBe(System.Text.Json.JsonValueKind.String, name);
            }

            entry.GetProperty("tags").GetArrayLength().ShouldBe(1);
            entry.GetProperty("same_server").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.False);
        }

        await using var db = rig.Db();
        var rows = await db.AddressBookEntries.AsNoTracking().ToListAsync();
        rows.ShouldAllBe(r => !r.Hash.Contains("aGFz") && !r.Password.Contains("plain"), "encrypted at rest");
        rows.Count(r => r.Hash.Length > 0).ShouldBe(1);
        rows.Count(r => r.Password.Length > 0).ShouldBe(1);
    }

    [Fact]
    public async Task Names_of_devices_come_from_this_server_where_the_caller_may_reach_them()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var bob = await rig.UserAsync("bob", group: await GroupAsync(rig, "others"));
        await rig.DeviceAsync("771200345", ann.User, "TILL3", "Windows / Windows 11 Pro");
        await rig.DeviceAsync("771200346", bob.User, "SECRET", "macos / 14");
        await rig.Api.AddDeviceAsync("771200347", ann.User);
        var book = await ann.PersonalAsync();
        foreach (var id in new[] { "771200345", "771200346", "771200347", "192.168.1.7:21118", "9@other.example?key=k" })
        {
            (await ann.PostAsync($"/api/ab/peer/add/{book}", $$"""{"id":"{{id}}","hostname":"told","platform":"Linux","same_server":true}""")).ShouldBeDone();
        }

        var known = await ann.EntryAsync(book, "771200345");
        (known.Text("hostname"), known.Text("username"), known.Text("platform")).ShouldBe(("TILL3", "pos", "Windows"));
        known.GetProperty("same_server").GetBoolean().ShouldBeTrue();
        foreach (var id in new[] { "771200346", "771200347", "192.168.1.7:21118", "9@other.example?key=k" })
        {
            var other = await ann.EntryAsync(book, id);
            (other.Text("hostname"), other.Text("platform")).ShouldBe(("told", "Linux"), id);
            other.GetProperty("same_server").GetBoolean().ShouldBeFalse(id);
        }

        (await ann.LegacyAsync()).GetProperty("peers").EnumerateArray().Select(p => p.Text("hostname"))
            .Count(h => h == "TILL3").ShouldBe(1);
    }

    [Fact]
    public async Task C44_C45_tags_are_a_bare_array_and_colors_have_no_sign()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        (await ann.PostAsync($"/api/ab/tags/{book}")).Text.ShouldBe("[]");
        (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"b","color":4294967295}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"a","color":-1}""")).ShouldBeDone();
        (await ann.GetAsync($"/api/ab/tags/{book}")).Text.ShouldBe(
            """[{"name":"a","color":4294967295},{"name":"b","color":4294967295}]""");
        (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"c","color":4294967296}""")).ShouldBeRefused(400);
    }

    [Fact]
    public async Task API_tokens_act_as_their_maker_within_their_scope_and_are_not_told_passwords()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann", admin: true);
        var book = await rig.BookAsync(ann, "Branch North", "b00k-Pw");
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"1","password":"entry-Pw"}""")).ShouldBeDone();
        var read = ann with { Token = await rig.Api.ApiTokenAsync(ann.User, "address_book:r") };
        var write = ann with { Token = await rig.Api.ApiTokenAsync(ann.User, "address_book:rw") };
        var other = ann with { Token = await rig.Api.ApiTokenAsync(ann.User, "device:rw user:rw") };
        (await read.GetAsync("/api/ab/personal")).Text.ShouldBe((await ann.PostAsync("/api/ab/personal")).Text);
        var profiles = await read.GetAsync("/api/ab/shared/profiles?name=Branch+North&pageSize=30&current=1");
        profiles.Text.ShouldNotContain("b00k-Pw");
        profiles.Json.GetProperty("data")[0].GetProperty("info").GetProperty("password_set").GetBoolean().ShouldBeTrue();
        (await read.GetAsync("/api/ab/shared/profiles?name=Nothing&pageSize=30")).Json.GetProperty("total").GetInt32().ShouldBe(0);
        (await read.GetAsync($"/api/ab/peers?ab={book}&pageSize=30&current=1")).Text.ShouldNotContain("entry-Pw");
        (await read.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2","note":null}""")).ShouldBeRefused(403);
        (await write.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2","note":null}""")).ShouldBeDone();
        (await write.PutAsync($"/api/ab/tag/update/{book}", """{"name":"none","color":null}""")).ShouldBeRefused();
        (await write.PostAsync($"/api/ab/tag/add/{book}", """{"name":"t","color":7}""")).ShouldBeDone();
        (await write.PutAsync($"/api/ab/tag/update/{book}", """{"name":"t","color":null}""")).ShouldBeDone();
        (await read.GetAsync($"/api/ab/tags/{book}")).Text.ShouldBe("""[{"name":"t","color":7}]""");
        (await other.GetAsync("/api/ab/personal")).ShouldBeRefused(403);
        (await rig.Api.PostAsync("/api/ab/personal")).Text.ShouldBe("""{"error":"Invalid token"}""");
    }

    internal static async Task<Guid> GroupAsync(BookRig rig, string name)
    {
        await using var db = rig.Db();
        var group = new Hawser.Data.Groups.UserGroup { Name = name, NormalizedName = name.ToUpperInvariant(), CreatedAt = BookRig.Day };
        db.UserGroups.Add(group);
        await db.SaveChangesAsync();
        return group.Guid;
    }
}
