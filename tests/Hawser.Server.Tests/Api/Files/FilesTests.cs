using System.Net;
using System.Net.Http.Headers;
using Hawser.Api.Files;
using Hawser.Protocol.Crypto;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Files;

public class FilesTests
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    private static readonly byte[] Gif = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    [Fact]
    public async Task A_picture_is_stored_by_its_user_and_shown_to_anybody()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara");
        var token = await api.TokenAsync(user);
        var stored = await PostAsync(api, token, Png);
        var path = stored.Member("avatar")!;
        path.ShouldMatch("^/avatars/[0-9a-f]{32}\\.png$");
        using var shown = await api.Http.GetAsync(path);
        (await shown.Content.ReadAsByteArrayAsync()).ShouldBe(Png);
        shown.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        shown.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await api.PostAsync("/api/currentUser", "{}", token)).Member("avatar").ShouldBe(path);
        // A new one takes its place, and the file of the old one goes.
        (await PostAsync(api, token, Gif)).Member("avatar")!.ShouldEndWith(".gif");
        (await api.GetAsync(path)).Status.ShouldBe(404);
        (await api.SendAsync(HttpMethod.Delete, "/api/avatar", null, token)).ToString().ShouldBe("200 ");
        Directory.GetFiles(Path.Combine(server.Folder, "avatars")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_picture_of_two_users_stays_until_both_have_another()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var (one, two) = (await api.TokenAsync(await api.AddUserAsync("mara")), await api.TokenAsync(await api.AddUserAsync("otto")));
        var path = (await PostAsync(api, one, Png)).Member("avatar")!;
        (await PostAsync(api, two, Png)).Member("avatar").ShouldBe(path);
        await api.SendAsync(HttpMethod.Delete, "/api/avatar", null, one);
        (await api.GetAsync(path)).Status.ShouldBe(200);
        await api.SendAsync(HttpMethod.Delete, "/api/avatar", null, two);
        (await api.GetAsync(path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task What_is_no_picture_is_refused()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var token = await api.TokenAsync(await api.AddUserAsync("mara"));
        var huge = (byte[])Png.Clone();
        (huge[16], huge[17]) = (0x7F, 0xFF);
        byte[][] bodies =
        [
            [], [1, 2, 3], "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray(), Png[..20], huge, Gif[..8],
            [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 1], [0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            "RIFF\0\0\0\0WEBPVP8 "u8.ToArray(), "GIF89a<script>"u8[..10].ToArray(),
        ];
        foreach (var body in bodies)
        {
            var answer = await PostAsync(api, token, body);
            (answer.Status, string.IsNullOrEmpty(answer.Error)).ShouldBe((415, false));
        }

        (await PostAsync(api, token, new byte[AvatarStore.MaxBytes + 1])).Status.ShouldBe(413);
        (await PostAsync(api, null, Png)).Status.ShouldBe(401);
        foreach (var name in new[] { "x", "..%2Fhawser.db", "..%2F..%2Fid_ed25519", new string('a', 32) + ".svg", new string('a', 32) + ".png" })
        {
            (await api.GetAsync("/avatars/" + name)).Status.ShouldBe(404);
        }
    }

    [Theory]
    [InlineData("ffd8ffe000104a46494600010100000100010000ffc0001108002000300301220002110103110100", "jpg", 48, 32)]
    [InlineData("52494646240000005745425056503820180000003001009d012a0500070002003425a4000370", "webp", 5, 7)]
    [InlineData("5249464624000000574542505650384c180000002f04800100000000000000000000", "webp", 5, 7)]
    [InlineData("52494646240000005745425056503858180000000000000004000006000000000000", "webp", 5, 7)]
    public void Pictures_are_known_by_their_bytes(string hex, string extension, int width, int height)
    {
        var picture = Picture.Recognise(Convert.FromHexString(hex)).ShouldNotBeNull();
        (picture.Extension, picture.Width, picture.Height).ShouldBe((extension, width, height));
    }

    [Fact]
    public async Task Software_is_downloaded_in_pieces_that_belong_together()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var bytes = new byte[100_000];
        Random.Shared.NextBytes(bytes);
        var folder = Directory.CreateDirectory(Path.Combine(server.Folder, "downloads", "1.4.9"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "client (x64).exe"), bytes);
        const string path = "/downloads/1.4.9/client%20(x64).exe";
        using var head = await api.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(100_000);
        var tag = head.Headers.ETag.ShouldNotBeNull();
        tag.IsWeak.ShouldBeFalse();
        using var whole = await api.Http.GetAsync(path);
        (await whole.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        using var rest = await RangeAsync(api, path, tag);
        rest.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        rest.Content.Headers.ContentRange!.ToString().ShouldBe("bytes 60000-99999/100000");
        (await rest.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[60_000..]);
        // Of another file the rest is of no use: all of it comes.
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "client (x64).exe"), bytes[..70_000]);
        using var other = await RangeAsync(api, path, tag);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.Content.Headers.ContentLength.ShouldBe(70_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("none.exe")]
    [InlineData("..%2Fhawser.db")]
    [InlineData("%2e%2e%2fhawser.db")]
    [InlineData("..%5Chawser.db")]
    [InlineData("1.4.9")]
    [InlineData("1.4.9/")]
    [InlineData("1.4.9//a.exe")]
    [InlineData(".hidden")]
    [InlineData("a.exe.part")]
    public async Task Nothing_else_is_downloaded(string path)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var folder = Directory.CreateDirectory(Path.Combine(server.Folder, "downloads", "1.4.9"));
        foreach (var name in new[] { "1.4.9/a.exe", ".hidden", "a.exe.part" }) await File.WriteAllTextAsync(Path.Combine(folder.Parent!.FullName, name), "x");
        (await api.GetAsync("/downloads/" + path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Plugins_are_signed_only_when_that_is_switched_on_and_with_a_pair_of_their_own()
    {
        const string body = """{"plugin_id":"p","version":"1","msg":[104,105,255]}""";
        await using (var off = await TestHawser.StartAsync())
        {
            using var closed = new ApiClient(off);
            (await closed.PostAsync("/lic/web/api/plugin-sign", body)).Status.ShouldBe(404);
            File.Exists(Path.Combine(off.Folder, PluginSigner.FileName)).ShouldBeFalse();
        }

        await using var server = await TestHawser.StartAsync(o => o.Api.PluginSigning = true);
        using var api = new ApiClient(server);
        var answer = await api.PostAsync("/lic/web/api/plugin-sign", body);
        var signed = answer.Json.GetProperty("signed_msg").EnumerateArray().Select(b => b.GetByte()).ToArray();
        var key = api.Services.GetRequiredService<PluginSigner>().Key();
        Sodium.TryOpenSigned(signed, key.Public, out var message).ShouldBeTrue();
        message.ShouldBe([104, 105, 255]);
        key.PublicText.ShouldNotBe(server.Key.PublicText);
        foreach (var wrong in new[] { "{}", "[]", "", """{"msg":[256]}""", """{"msg":[-1]}""", """{"msg":"aGk="}""", """{"msg":[]}""" })
        {
            var refused = await api.PostAsync("/lic/web/api/plugin-sign", wrong);
            (refused.Status, string.IsNullOrEmpty(refused.Error)).ShouldBe((400, false));
        }
    }

    private static async Task<Answer> PostAsync(ApiClient api, string? token, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/avatar") { Content = new ByteArrayContent(bytes) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await api.Http.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
    }

    private static async Task<HttpResponseMessage> RangeAsync(ApiClient api, string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = new RangeHeaderValue(60_000, null);
        request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        return await api.Http.SendAsync(request);
    }
}
