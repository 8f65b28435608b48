using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Api.AddressBooks;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.AddressBooks;

public class LegacyTests
{
    [Fact]
    public async Task C59_C61_a_new_user_has_an_empty_book_by_every_way()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var answer = await ann.GetAsync("/api/ab");
        answer.Text.ShouldBe("""{"data":"{\"tags\":[],\"peers\":[],\"tag_colors\":\"{}\"}"}""");
        answer.Type!.CharSet.ShouldBe("utf-8");
        (await ann.PostAsync("/api/ab/get", "{}")).Text.ShouldBe(answer.Text);
        (await ann.PostAsync("/api/ab/get")).Text.ShouldBe(answer.Text);
    }

    [Fact]
    public async Task The_example_of_the_reference_goes_both_ways()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        const string Inner = """{"tags":["a"],"peers":[{"id":"1","alias":"x","tags":["a"],"hash":""}],"tag_colors":"{\"a\":4278190335}"}""";
        (await ann.PostAsync("/api/ab", Wrap(Inner))).ShouldBeDone();
        (await ann.GetAsync("/api/ab")).Json.Text("data").ShouldBe(
            """{"tags":["a"],"peers":[{"id":"1","username":"","hostname":"","platform":"","alias":"x","tags":["a"],"hash":""}],"tag_colors":"{\"a\":4278190335}"}""");
    }

    [Fact]
    public async Task C60_200_KB_packed_come_back_as_they_were()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var inner = Book(1300);
        var body = Encoding.UTF8.GetBytes(Wrap(inner));
        body.Length.ShouldBeGreaterThan(200_000);
        (await PackedAsync(ann, Gzip(body))).ShouldBeDone();
        var now = await ann.LegacyAsync();
        JsonNode.DeepEquals(JsonNode.Parse(now.GetRawText()), JsonNode.Parse(inner)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_old_book_and_the_new_one_are_one_and_what_the_old_form_lacks_stays()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"shop","color":4294940672}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"1","alias":"one","note":"kept","rdpPort":"3390","hash":"aGFzaA==","tags":["shop"],"loginName":"l"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2","alias":"two"}""")).ShouldBeDone();
        // As 1.2.0 sends it: no hash, no colors; one device gone, one new, one changed.
        (await ann.PostAsync("/api/ab", Wrap("""
            {"tags":["shop","new"],"peers":[{"id":"1","alias":"","tags":["shop","new"],"forceAlwaysRelay":"true"},
            {"id":"3","alias":"three","username":"u","hostname":"h","platform":"Linux","tags":[]}]}
            """))).ShouldBeDone();
        var one = await ann.EntryAsync(book, "1");
        (one.Text("alias"), one.Text("note"), one.Text("rdpPort"), one.Text("hash"), one.Text("forceAlwaysRelay"), one.Text("loginName"))
            .ShouldBe(("", "kept", "3390", "aGFzaA==", "true", "l"));
        (await ann.EntriesAsync(book)).EnumerateArray().Select(e => e.Text("id")).ShouldBe(["1", "3"]);
        var tags = (await ann.PostAsync($"/api/ab/tags/{book}")).Json.EnumerateArray().ToDictionary(t => t.Text("name"), t => t.GetProperty("color").GetInt64());
        tags["shop"].ShouldBe(4294940672);
        tags["new"].ShouldBeInRange(0xFF000000, 0xFFFFFFFF);
        // Colors alone, then tags that went.
        (await ann.PostAsync("/api/ab", Wrap("""{"tags":["new"],"tag_colors":"{\"new\":4278190335}"}"""))).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/tags/{book}")).Text.ShouldBe("""[{"name":"new","color":4278190335}]""");
        (await ann.EntriesAsync(book)).GetArrayLength().ShouldBe(2, "peers were not sent");
        (await ann.PostAsync("/api/ab", Wrap("""{"tags":[],"peers":[],"tag_colors":"{}"}"""))).ShouldBeDone();
        (await ann.EntriesAsync(book)).GetArrayLength().ShouldBe(0);
        await using var db = rig.Db();
        (await db.AddressBookEntries.CountAsync(e => e.DeletedAt != null)).ShouldBe(3, "in the recycle bin");
    }

    [Fact]
    public async Task A_book_that_did_not_change_is_not_written()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var body = Wrap(Book(50));
        (await ann.PostAsync("/api/ab", body)).ShouldBeDone();
        await using var db = rig.Db();
        var before = await db.AddressBookEntries.AsNoTracking().OrderBy(e => e.Id).Select(e => new { e.Hash, e.UpdatedAt }).ToListAsync();
        (await ann.PostAsync("/api/ab", body)).ShouldBeDone();
        var after = await db.AddressBookEntries.AsNoTracking().OrderBy(e => e.Id).Select(e => new { e.Hash, e.UpdatedAt }).ToListAsync();
        after.ShouldBe(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":""}""")]
    [InlineData("""{"data":"null"}""")]
    [InlineData("""{"data":"{"}""")]
    [InlineData("""{"data":"{\"peers\":{}}"}""")]
    [InlineData("""{"data":"{\"peers\":[1]}"}""")]
    [InlineData("""{"data":"{\"peers\":[{\"id\":\"\\ud800\"}]}"}""")]
    [InlineData("""{"data":"\ud800"}""")]
    [InlineData("""{"data":"{\"tags\":[1]}"}""")]
    [InlineData("""{"data":"{\"tags\":[]}]"}""")]
    [InlineData("""{"data":"{\"tag_colors\":\"[\"}"}""")]
    [InlineData("""{"data":{"peers":[]}}""")]
    [InlineData("""{"data":"{\"peers\":[]""")]
    public async Task What_is_no_book_is_refused_and_leaves_the_book_as_it_was(string body)
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        (await ann.PostAsync("/api/ab", Wrap("""{"tags":["t"],"peers":[{"id":"1"}]}"""))).ShouldBeDone();
        (await ann.PostAsync("/api/ab", body)).ShouldBeRefused(400);
        (await ann.LegacyAsync()).GetProperty("peers").GetArrayLength().ShouldBe(1);
        (await ann.LegacyAsync()).GetProperty("tags").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Too_many_devices_too_many_bytes_and_bombs_are_refused()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.SetAsync(AddressBookSettings.Key, new AddressBookSettings { MaxEntries = 10 });
        (await ann.PostAsync("/api/ab", Wrap(Book(11)))).Error!.ShouldContain("at most 10 devices");
        (await ann.PostAsync("/api/ab", Wrap(Book(10)))).ShouldBeDone();
        (await PackedAsync(ann, Gzip(new byte[40 << 20]))).ShouldBeRefused(413);
        (await PackedAsync(ann, [1, 2, 3, 4])).ShouldBeRefused(400);
        (await PackedAsync(ann, Gzip(Encoding.UTF8.GetBytes(Wrap(Book(10))))[..100])).ShouldBeRefused(400);
        (await PackedAsync(ann, [1, 2, 3, 4], "zstd")).ShouldBeRefused(415);
        (await ann.LegacyAsync()).GetProperty("peers").GetArrayLength().ShouldBe(10);
        // Packed bodies are unpacked on every route.
        var book = await ann.PersonalAsync();
        (await PackedAsync(ann, Gzip("""["100000001"]"""u8.ToArray()), "gzip", HttpMethod.Delete, $"/api/ab/peer/{book}")).ShouldBeDone();
        (await ann.LegacyAsync()).GetProperty("peers").GetArrayLength().ShouldBe(9);
    }

    [Fact]
    public async Task A_book_of_ten_thousand_is_taken_whole_though_it_is_larger_than_other_requests_may_be()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var inner = Book(10_000);
        inner.Length.ShouldBeGreaterThan(1 << 20);
        (await ann.PostAsync("/api/ab", Wrap(inner))).ShouldBeDone();
        var now = await ann.LegacyAsync();
        now.GetProperty("peers").GetArrayLength().ShouldBe(10_000);
        (await ann.PostAsync("/api/ab", Wrap(Book(10_000)))).ShouldBeDone();
    }

    [Fact]
    public async Task Two_uploads_at_once_leave_one_of_them_and_no_duplicates()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => ann.PostAsync("/api/ab", Wrap(Book(i * 20)))));
        foreach (var answer in answers) answer.ShouldBeDone();
        var ids = (await ann.LegacyAsync()).GetProperty("peers").EnumerateArray().Select(p => p.Text("id")).ToArray();
        ids.Length.ShouldBeOneOf(20, 40, 60, 80, 100, 120);
        ids.Distinct().Count().ShouldBe(ids.Length);
    }

    private static string Wrap(string inner) => JsonSerializer.Serialize(new { data = inner });

    private static string Book(int peers)
    {
        var list = Enumerable.Range(0, peers).Select(i => new
        {
            id = $"{100_000_000 + i}",
            username = $"user{i}",
            hostname = $"HOST-{i}",
            platform = "Windows",
            alias = $"Kasse {i} ä",
            tags = new[] { i % 2 == 0 ? "even" : "odd" },
            hash = Convert.ToBase64String(Encoding.ASCII.GetBytes($"hash of the device {i,12}")),
        });
        return JsonSerializer.Serialize(new { tags = new[] { "even", "odd" }, peers = list, tag_colors = """{"even":4278190335,"odd":4294901760}""" });
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(plain);
        return packed.ToArray();
    }

    private static Task<Answer> PackedAsync(
        Caller caller, byte[] packed, string encoding = "gzip", HttpMethod? method = null, string path = "/api/ab") =>
        caller.Rig.Api.SendAsync(method ?? HttpMethod.Post, path, null, caller.Token, request =>
        {
            request.Content = new ByteArrayContent(packed);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Content.Headers.ContentEncoding.Add(encoding);
        });
}
