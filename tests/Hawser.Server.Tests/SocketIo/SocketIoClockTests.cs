using System.Text;
using Hawser.Recording.SocketIo;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>Heartbeats, deadlines and the end of the process (recorder.md §2.5, §2.11; cases 7 to 9, 59), on a clock
/// that the test moves.</summary>
public class SocketIoClockTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task C7_an_idle_connection_is_pinged_every_25_seconds_and_stays()
    {
        await using var host = await SocketIoHost.StartAsync(time: _time);
        using var peer = await RawPeer.JoinAsync(host.Port);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(25));
            (await peer.TextAsync(skipPings: false)).ShouldBe("2");
            await peer.SendAsync("3");
            await EchoAsync(peer);
        }
    }

    [Fact]
    public async Task C8_who_stops_answering_and_sending_is_closed_after_interval_and_timeout()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(time: _time, rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        _time.Advance(TimeSpan.FromSeconds(25));
        (await peer.TextAsync(skipPings: false)).ShouldBe("2");
        _time.Advance(TimeSpan.FromSeconds(19));
        await EchoAsync(peer);
        // What was just sent was a sign of life: the twenty seconds begin again.
        _time.Advance(TimeSpan.FromSeconds(20));
        (await peer.CloseCodeAsync()).ShouldBe(1008);
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected PingTimeout"), "told");
    }

    [Fact]
    public async Task C9_a_pong_behind_a_long_upload_is_not_missed()
    {
        await using var host = await SocketIoHost.StartAsync(time: _time);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync("451-/recording,[\"measure\",{\"_placeholder\":true,\"num\":0}]");
        var frame = RawPeer.Frame(0x82, new byte[1_200_000]);
        var sent = 0;
        for (var i = 0; i < 12; i++)
        {
            // A twelfth every ten seconds: two minutes, without a pong.
            var before = host.Metrics.BytesIn;
            var piece = Math.Min(frame.Length - sent, (frame.Length / 12) + 1);
            await peer.SendRawAsync(frame.AsMemory(sent, piece));
            sent += piece;
            await Eventually.HoldsAsync(() => host.Metrics.BytesIn >= before + piece, "all of it was received");
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await peer.SendAsync("3");
        var pings = 0;
        string text;
        while ((text = await peer.TextAsync(skipPings: false)) == "2") pings++;
        text.ShouldBe("42/recording,[\"measured\",1200000,false,1200000]");
        pings.ShouldBeInRange(3, 4);
    }

    [Fact]
    public async Task C36_attachments_that_do_not_come_end_it_though_the_client_is_alive()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(time: _time, rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync("451-/recording,[\"measure\",{\"_placeholder\":true,\"num\":0}]");
        await Eventually.HoldsAsync(() => room.Happened.Contains("begins measure"), "the header arrived");
        _time.Advance(TimeSpan.FromSeconds(25));
        (await peer.TextAsync(skipPings: false)).ShouldBe("2");
        var received = host.Metrics.BytesIn;
        await peer.SendAsync("3");
        await Eventually.HoldsAsync(() => host.Metrics.BytesIn > received, "the pong arrived");
        _time.Advance(TimeSpan.FromSeconds(5));
        (await peer.CloseCodeAsync()).ShouldBe(1008);
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected Stalled"), "told");
        room.Happened.ShouldContain("abandoned measure");
    }

    [Fact]
    public async Task C36_who_joins_nothing_is_sent_away_after_ten_seconds()
    {
        await using var host = await SocketIoHost.StartAsync(time: _time);
        using var peer = await RawPeer.OpenAsync(host.Port);
        await peer.SendAsync("40/random,");
        (await peer.TextAsync()).ShouldStartWith("44/random,");
        _time.Advance(TimeSpan.FromSeconds(10));
        (await peer.CloseCodeAsync()).ShouldBe(1008);
    }

    [Fact]
    public async Task A_busy_handler_stops_the_clock_and_keeps_the_order()
    {
        var done = new TaskCompletionSource();
        var room = new EchoRoom("/recording", greets: false) { Gate = done.Task };
        // A ping that is being sent while the clock jumps is not a reader who is too slow.
        var options = new SocketIoOptions { SendTimeout = TimeSpan.FromHours(1) };
        await using var host = await SocketIoHost.StartAsync(options, _time, rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync("42/recording,[\"message\",1]");
        await peer.SendAsync("42/recording,[\"message\",2]");
        await Eventually.HoldsAsync(() => room.Happened.Contains("event message"), "the first is being handled");
        _time.Advance(TimeSpan.FromSeconds(200));
        room.Happened.Count(h => h == "event message").ShouldBe(1);
        done.SetResult();
        (await peer.TextAsync()).ShouldBe("42/recording,[\"message-back\",1]");
        (await peer.TextAsync()).ShouldBe("42/recording,[\"message-back\",2]");
    }

    [Fact]
    public async Task C59_shutting_down_closes_with_1001_and_does_not_put_clients_out()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(time: _time, rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        host.Stop();
        var close = await peer.FrameAsync();
        (close![0], (close[2] << 8) | close[3]).ShouldBe(((byte)0x88, 1001));
        // On its way when the word came: nobody will send it again, unless it waits for an answer.
        await peer.SendAsync("42/recording,[\"message\"]");
        await peer.SendAsync("42/recording,1[\"message-with-ack\"]");
        await peer.SendFrameAsync(0x88, new byte[] { 0x03, 0xe9 });
        (await peer.FrameAsync()).ShouldBeNull();
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected Shutdown"), "told");
        room.Happened.ShouldContain("event message");
        room.Happened.ShouldNotContain("event message-with-ack");
        using var refused = await RawPeer.DialAsync(host.Port);
        refused.Head.ShouldStartWith("HTTP/1.1 503 ");
    }

    [Fact]
    public async Task Who_does_not_read_is_cut_off()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(new SocketIoOptions { MaxQueuedBytes = 1 << 20 }, _time, rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await Eventually.HoldsAsync(() => room.Last is not null, "joined");
        var large = new ReadOnlyMemory<byte>[] { Encoding.ASCII.GetBytes(new string('x', 200_000)) };
        await Eventually.HoldsAsync(() => !room.Last!.Emit("flood", null, large), "the queue is full");
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected SlowReader"), "told");
        host.Metrics.Ended(SocketIoEnd.SlowReader).ShouldBe(1);
    }

    [Fact]
    public async Task A_broken_connection_is_told_with_what_it_left_behind()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(time: _time, rooms: room);
        using (var peer = await RawPeer.JoinAsync(host.Port))
        {
            await peer.SendAsync("42/recording,[\"one\"]");
            await peer.SendAsync("451-/recording,[\"two\",{\"_placeholder\":true,\"num\":0}]");
        }

        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected ConnectionLost"), "told");
        room.Happened.ShouldBe(["connected", "event one", "begins two", "abandoned two", "disconnected ConnectionLost"]);
        await Eventually.IsAsync(() => host.Server.Connections, 0, "connections");
    }

    private static async Task EchoAsync(RawPeer peer)
    {
        await peer.SendAsync("42/recording,[\"message\",0]");
        (await peer.TextAsync()).ShouldBe("42/recording,[\"message-back\",0]");
    }
}
