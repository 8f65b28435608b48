using Hawser.Data.Accounts;
using Hawser.Recording.Sockets;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>A token that ends while it is used, and what the log tells of recordings.</summary>
public sealed class RecorderTokenTests
{
    [Fact]
    public async Task C55_who_expired_finishes_what_was_begun_and_begins_nothing_new()
    {
        await using var server = await RecorderEventTests.StartAsync(o => o.Bind = "*");
        using var api = new ApiClient(server);
        var token = await api.ApiTokenAsync(await api.AddUserAsync("ann"), "recording:rw");
        await using var client = await RecorderClient.JoinAsync(server, token);
        await client.EmitAsync("start", """{"recordId":"abc123"}""");
        (await client.EventAsync()).Name.ShouldBe("started");
        await using (var db = api.OpenDb())
        {
            var past = server.Node.Time.GetUtcNow().UtcDateTime.AddMinutes(-1);
            await db.AccessTokens.Where(t => t.Kind == TokenKind.Api).ExecuteUpdateAsync(s => s.SetProperty(t => t.ExpiresAt, past));
        }

        var visits = server.Node.Services!.GetRequiredService<RecorderNamespace>();
        await Eventually.HoldsAsync(() => visits.Visits.Single().Expired, "it is known to have expired");
        await client.EmitAsync("start", """{"recordId":"another"}""");
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("forbidden");
        foreach (var chunk in TestVideo.Cut(await TestVideo.WebmAsync(), 2))
        {
            await client.ChunkAsync(chunk);
            (await client.EventAsync()).Name.ShouldBe("chunkSaved");
        }

        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":2}""");
        (await client.EventAsync()).Name.ShouldBe("finished");
        await using var late = await RecorderClient.OpenAsync(server);
        await late.SendAsync($$"""40/recording,{"token":"{{token}}"}""");
        (await late.TextAsync()).ShouldContain("unauthorized");
    }

    [Fact]
    public async Task C64_the_log_holds_no_bytes_no_tokens_and_no_paths_of_clients()
    {
        await using var server = await RecorderEventTests.StartAsync(o => o.Finish = false);
        await using var client = await RecorderClient.OpenAsync(server, "&token=QUERYSECRET");
        await client.SendAsync("""40/recording,{"token":"CONNECTSECRET"}""");
        (await client.TextAsync()).ShouldContain("unauthorized");
        await using var recorder = await RecorderClient.JoinAsync(server);
        await recorder.EmitAsync("start", """{"recordId":"../../CLIENTPATH"}""");
        await recorder.EventAsync();
        await recorder.EmitAsync("start", """{"recordId":"abc123"}""");
        await recorder.EventAsync();
        await recorder.ChunkAsync("CHUNKBYTES is not a recording"u8.ToArray());
        (await recorder.EventAsync()).Payload.ToString().ShouldNotContain("CHUNKBYTES");
        await recorder.SendAsync("""42/recording,["chunk",{"recordId":"abc123","chunk":"CHUNKBYTES"}]""");
        (await recorder.EventAsync()).Payload.ToString().ShouldNotContain("CHUNKBYTES");
        await recorder.SendAsync("4CHUNKBYTES");
        (await recorder.TextAsync()).ShouldBe("closed 1002");
        await Eventually.HoldsAsync(() => server.Log.Contains("rule", StringComparison.OrdinalIgnoreCase), "the violation is in the log");
        foreach (var secret in (string[])["CHUNKBYTES", "QUERYSECRET", "CONNECTSECRET", "CLIENTPATH"]) server.Log.ShouldNotContain(secret);
    }
}
