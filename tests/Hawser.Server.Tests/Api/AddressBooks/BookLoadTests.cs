using System.Diagnostics;
using System.Text.Json;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.AddressBooks;

/// <summary>Many clients that edit the same book at once: nothing is lost, nothing is there twice, nobody is refused.</summary>
public class BookLoadTests
{
    private const int Clients = 12;
    private const int Each = 20;

    [Fact]
    public async Task Twelve_clients_edit_one_shared_book_and_their_own_at_once()
    {
        await using var rig = await BookRig.StartAsync();
        var owner = await rig.UserAsync("owner");
        var book = await rig.BookAsync(owner, "Branch North");
        await rig.ShareAsync(book, ShareSubject.Everybody, null, ShareRule.ReadWrite);
        var callers = new List<Caller>();
        for (var i = 0; i < Clients; i++) callers.Add(await rig.UserAsync($"user{i}"));
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(callers.Select((c, i) => EditAsync(c, book, i)));
        var took = Stopwatch.GetElapsedTime(start);
        const int Requests = Clients * ((Each * 4) + 6);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Requests} edits in {took.TotalSeconds:0.0} s: {Requests / took.TotalSeconds:0} a second");
        await using var db = rig.Db();
        var rows = await db.AddressBookEntries.Where(e => e.BookGuid == book && e.DeletedAt == null).ToListAsync();
        rows.Select(r => r.Id).Distinct().Count().ShouldBe(rows.Count);
        rows.Count(r => r.Id.StartsWith('x')).ShouldBe(Each, "all added the same ones");
        rows.Count(r => r.Id.StartsWith('c')).ShouldBe(Clients * Each / 2, "every second one was deleted again");
        rows.Where(r => r.Id.StartsWith('c')).ShouldAllBe(r => r.Note == "edited" && r.Alias == r.Id);
        foreach (var row in rows.Where(r => r.Id.StartsWith('c')))
        {
            var client = row.Id[1..row.Id.IndexOf('-', StringComparison.Ordinal)];
            Hawser.Data.AddressBooks.TagList.Read(row.Tags).ShouldBe([$"new{client}"], "renamed, and the other one removed");
        }

        (await db.AddressBookTags.Where(t => t.BookGuid == book).Select(t => t.Name).ToListAsync())
            .Order().ShouldBe(Enumerable.Range(0, Clients).Select(i => $"new{i}").Order());
        foreach (var caller in callers)
        {
            (await caller.LegacyAsync()).GetProperty("peers").GetArrayLength().ShouldBe(3);
        }
    }

    private static async Task EditAsync(Caller caller, Guid book, int number)
    {
        var personal = await caller.PersonalAsync();
        foreach (var tag in new[] { $"old{number}", $"gone{number}" })
        {
            (await caller.PostAsync($"/api/ab/tag/add/{book}", $$"""{"name":"{{tag}}","color":1}""")).ShouldBeDone();
        }

        for (var i = 0; i < Each; i++)
        {
            var id = $"c{number}-{i}";
            var body = JsonSerializer.Serialize(new { id, alias = id, tags = new[] { $"old{number}", $"gone{number}" } });
            (await caller.PostAsync($"/api/ab/peer/add/{book}", body)).ShouldBeDone();
            (await caller.PostAsync($"/api/ab/peer/add/{book}", $$"""{"id":"x{{i}}"}""")).ShouldBeDone();
            (await caller.PutAsync($"/api/ab/peer/update/{book}", $$"""{"id":"{{id}}","note":"edited"}""")).ShouldBeDone();
            if (i % 2 == 0) (await caller.DeleteAsync($"/api/ab/peer/{book}", $"""["{id}"]""")).ShouldBeDone();
            else (await caller.PostAsync($"/api/ab/peers?current=1&pageSize=100&ab={book}")).Status.ShouldBe(200);
        }

        (await caller.PutAsync($"/api/ab/tag/rename/{book}", $$"""{"old":"old{{number}}","new":"new{{number}}"}""")).ShouldBeDone();
        (await caller.DeleteAsync($"/api/ab/tag/{book}", $"""["gone{number}"]""")).ShouldBeDone();
        const string Old = """{"data":"{\"tags\":[],\"peers\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]}"}""";
        await Task.WhenAll(
            caller.PostAsync("/api/ab", Old), caller.PostAsync($"/api/ab/peer/add/{personal}", """{"id":"2"}"""));
        (await caller.PostAsync("/api/ab", Old)).ShouldBeDone();
    }
}
