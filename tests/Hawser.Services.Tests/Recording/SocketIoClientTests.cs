using System.Diagnostics;
using System.Text.Json;
using Hawser.Server.Tests.SocketIo;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Recording;

/// <summary>The stock <c>socket.io-client</c> of npm against the Socket.IO server (recorder.md §5, cases 5, 17, 21).</summary>
public class SocketIoClientTests
{
    [Fact]
    public async Task C5_C17_C21_the_stock_client_connects_acks_retries_reconnects_and_sends_bytes()
    {
        await using var host = await SocketIoHost.StartAsync();
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("tests/services-npm"), UseShellExecute = false, RedirectStandardOutput = true,
        };
        start.ArgumentList.Add("socketio-client.mjs");
        start.ArgumentList.Add($"{host.Port}");
        using var client = Process.Start(start)!;
        var text = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120));
        var seen = JsonDocument.Parse(text).RootElement;
        seen.GetProperty("id").GetInt32().ShouldBe(20);
        seen.GetProperty("auth").GetRawText().ShouldBe("{\"token\":\"abc\"}");
        seen.GetProperty("binary").GetBoolean().ShouldBeTrue();
        seen.GetProperty("ack").GetRawText().ShouldBe("[1,{\"two\":2}]");
        seen.GetProperty("emitWithAck").GetString().ShouldBe("x");
        seen.GetProperty("reconnected").GetBoolean().ShouldBeTrue();
        seen.GetProperty("retries").GetString().ShouldBe("kept");
        seen.GetProperty("polling").GetString()!.ShouldStartWith("xhr poll error 400");
        seen.GetProperty("tried").GetString().ShouldBe("websocket");
        seen.GetProperty("random").GetString().ShouldBe("Invalid namespace");
    }
}
