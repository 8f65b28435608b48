using System.Globalization;
using System.Text.Json;
using Hawser.Recording;
using Hawser.Server.Tests.Recording.Web;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording;

/// <summary>
/// C62 whole: a device reports its session, uploads what it recorded of it as the dormant uploader of the stock client does,
/// and finds it in the library beside what browsers recorded, with all that name and audit tell.
/// </summary>
public sealed class UploadedRecordingTests
{
    private const string Incoming = "incoming_771200345_20261121093000123_display0_vp9.webm";
    private const string Outgoing = "outgoing_771200345_20261121094500456_camera1_h264.mp4";

    [Fact]
    public async Task C62_an_upload_is_in_the_library_with_what_its_name_and_its_audit_tell()
    {
        await using var server = await TestHawser.StartAsync(o =>
            (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters, o.Recorder.Bind) = (0, FlushPolicy.None, false, "*"));
        using var api = new ApiClient(server);
        var device = await api.AddDeviceAsync("771200345");
        var admin = await api.TokenAsync(await api.AddUserAsync("root", admin: true));
        // The device tells of its session itself: who, and how.
        await ReportAsync("\"action\":\"new\",\"ip\":\"203.0.113.9\",\"conn_id\":1507,\"session_id\":0");
        await ReportAsync("\"peer\":[\"482913377\",\"Mara Lind\"],\"type\":0,\"conn_id\":1507,\"session_id\":5");
        var video = await TestVideo.FinishedWebmAsync();
        await UploadAsync(Incoming, video);
        await ReportAsync("\"action\":\"close\",\"conn_id\":1507,\"session_id\":5");
        // A moment after the end of the session is not too late.
        var movie = await TestVideo.FinishedMp4Async();
        await UploadAsync(Outgoing, movie);

        await using (var browser = await RecorderClient.JoinAsync(server, admin))
        {
            await browser.EmitAsync("start", """{"recordId":"abc123"}""");
            (await browser.EventAsync()).Name.ShouldBe("started");
        }

        await Eventually.HoldsAsync(() => ListAsync("source=upload&status=ready").GetAwaiter().GetResult().GetArrayLength() == 2, "both are ready", 90);
        (await ListAsync("")).GetArrayLength().ShouldBe(3, "one library, two doors");
        var one = (await ListAsync("direction=incoming&device=771200345&peer=482913377&codec=vp9"))[0];
        one.GetProperty("recordId").GetString().ShouldBe(Incoming);
        (Text(one, "device"), Text(one, "peer"), Text(one, "direction"), Text(one, "codec"), Text(one, "display"))
            .ShouldBe(("771200345", "482913377", "incoming", "vp9", "display0"));
        one.GetProperty("startedAt").GetDateTime().ToUniversalTime().ShouldBe(new DateTime(2026, 11, 21, 9, 30, 0, 123, DateTimeKind.Utc));
        one.GetProperty("deviceGuid").GetGuid().ShouldBe(device.Guid);
        one.GetProperty("connectionGuid").GetGuid().ShouldNotBe(Guid.Empty);
        one.GetProperty("durationMs").GetInt64().ShouldBeInRange(3900, 4100);
        one.GetProperty("uploaded").GetBoolean().ShouldBeTrue();
        (await FileAsync(one)).ShouldBe(video);
        var two = (await ListAsync("direction=outgoing"))[0];
        (Text(two, "peer"), Text(two, "codec"), Text(two, "display"), Text(two, "mimeType")).ShouldBe(("482913377", "h264", "camera1", "video/mp4"));
        two.GetProperty("connectionGuid").GetGuid().ShouldBe(one.GetProperty("connectionGuid").GetGuid());
        Text(two, "downloadUrl")!.ShouldContain("%2Ffinal.mp4");
        (await FileAsync(two)).ShouldBe(movie);

        async Task ReportAsync(string members) =>
            (await api.PostAsync("/api/audit/conn", $"{{{device.Members},{members}}}")).ToString().ShouldBe("200 ");

        // In parts, the header last: until then there is none in the file.
        async Task UploadAsync(string name, byte[] bytes)
        {
            var body = (byte[])bytes.Clone();
            var header = Math.Min(1024, bytes.Length);
            body.AsSpan(0, header).Clear();
            await StepAsync($"type=new&file={name}", []);
            var half = body.Length / 2;
            await StepAsync(Part(name, 0, half), body[..half]);
            await StepAsync(Part(name, half, body.Length - half), body[half..]);
            await StepAsync($"type=tail&file={name}&offset=0&length={header.ToString(CultureInfo.InvariantCulture)}", bytes[..header]);
        }

        async Task StepAsync(string query, byte[] body)
        {
            using var content = new ByteArrayContent(body);
            using var answer = await api.Http.PostAsync("/api/record?" + query, content);
            ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((200, ""));
        }

        async Task<JsonElement> ListAsync(string query) =>
            JsonDocument.Parse((await api.GetAsync("/api/recordings?" + query, admin)).Text).RootElement.GetProperty("data");

        async Task<byte[]> FileAsync(JsonElement item) => await api.Http.GetByteArrayAsync(Text(item, "downloadUrl"));
    }

    private static string Part(string name, int offset, int length) =>
        string.Create(CultureInfo.InvariantCulture, $"type=part&file={name}&offset={offset}&length={length}");

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
