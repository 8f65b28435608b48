using System.Text.Json;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Seeded: whatever a peer sends, the other end reads, ignores, refuses or hangs up, and nothing else.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 1500;

    private static readonly byte[][] Seeds = [.. JsonDocument
        .Parse(File.ReadAllText(Path.Combine(Repository.Root, "vectors/peer-messages.json")))
        .RootElement.GetProperty("messages").EnumerateArray()
        .Select(m => Convert.FromHexString(m.GetProperty("hex").GetString()!))];

    [Theory]
    [InlineData("nobody", 1)]
    [InlineData("remote", 2)]
    [InlineData("files", 3)]
    [InlineData("terminal", 4)]
    public Task T88_a_host_survives_any_controller(string kind, int seed)
    {
        var random = new Random(seed);
        return AttackHostAsync(kind, () => Parse(Mutate(random)));
    }

    [Theory]
    [InlineData("nobody", 21)]
    [InlineData("remote", 22)]
    [InlineData("files", 23)]
    [InlineData("terminal", 24)]
    public Task T88_a_host_survives_every_message_with_values_that_nobody_means(string kind, int seed) =>
        AttackHostAsync(kind, new HostileMessages(seed).Next);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public Task T88_a_controller_survives_any_host(int seed)
    {
        var random = new Random(seed);
        return AttackControllerAsync(() => Parse(Mutate(random)));
    }

    [Fact]
    public Task T88_a_controller_survives_every_message_with_values_that_nobody_means() =>
        AttackControllerAsync(new HostileMessages(31).Next);

    private static async Task AttackHostAsync(string kind, Func<Message?> next)
    {
        await using var card = new TestCard(64, 48);
        await using var rig = new SessionRig(o => o with { RefusalShown = TimeSpan.Zero, Desk = card });
        rig.Set("one-way-file-transfer", "Y");
        var sessions = 0;
        Task<string>? ended = null;
        SecureChannel? channel = null;
        var reading = Task.CompletedTask;
        for (var round = 0; round < Rounds; round++)
        {
            if (channel is null || ended!.IsCompleted)
            {
                await reading;
                if (++sessions > 60) break;
                channel = await rig.JoinAsync(ended: t => ended = t);
                if (kind != "nobody") await LoginAsync(channel, rig, kind);
                reading = DrainAsync(channel);
            }

            if (Harmless(next(), rig.Folder) is not { } message) continue;
            try
            {
                await channel.SendAsync(message);
            }
            catch (IOException)
            {
                // It has hung up.
            }
        }

        // Whoever comes next is served as ever.
        var last = await rig.ConnectAsync(o => o with { MyId = "the next", MyName = "" }, System.Net.IPAddress.Parse("192.0.2.99"));
        (await last.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        try
        {
            await channel!.SendAsync(new Message { Misc = new Misc { CloseReason = "" } });
        }
        catch (IOException)
        {
            // It has hung up before.
        }

        await reading;
        (await ended!).ShouldNotBeNull();
    }

    private static async Task AttackControllerAsync(Func<Message?> next)
    {
        var folder = Directory.CreateTempSubdirectory("hawser-fuzz-").FullName;
        for (var session = 0; session < 15; session++)
        {
            var (hostEnd, controllerEnd) = PipeStream.Pair();
            var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
            var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
            await using var client = new ControllerSession(
                controller, new ControllerOptions { Target = "1", Files = new FileTransfer() });
            using var stop = new CancellationTokenSource();
            var reading = DrainAsync(host, stop.Token);
            var login = client.LoginAsync("x");
            var getting = client.Files.GetAsync("anything", Path.Combine(folder, "got"));
            // A session that has ended is not read any more, and its owner disposes it: a pipe that is full stays full.
            using var over = new CancellationTokenSource();
            var ended = client.Ended.ContinueWith(_ => over.Cancel(), TaskScheduler.Default);
            for (var round = 0; round < 200 && !client.Ended.IsCompleted; round++)
            {
                if (Harmless(next(), folder) is not { } message) continue;
                try
                {
                    await host.SendAsync(message, over.Token);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                    break;
                }
            }

            // A pipe that is closed while somebody reads it never says so to the reader.
            await stop.CancelAsync();
            await reading;
            await host.DisposeAsync();
            await ended;
            (await login).State.ShouldBeOneOf(Enum.GetValues<LoginState>());
            await Should.ThrowAsync<IOException>(getting);
        }

        Directory.GetFiles(folder).ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task LoginAsync(SecureChannel channel, SessionRig rig, string kind)
    {
        var hash = await LoginTests.HashAsync(channel);
        var request = new LoginRequest
        {
            MyId = "fuzz",
            Password = ByteString.CopyFrom(LoginTests.Proof("secret", rig, hash)),
        };
        if (kind == "files") request.FileTransfer = new FileTransfer();
        if (kind == "terminal") request.Terminal = new Protocol.Messages.Terminal();
        await channel.SendAsync(LoginTests.Login(request));
        await LoginTests.InAsync(channel);
    }

    private static async Task DrainAsync(SecureChannel channel, CancellationToken cancellation = default)
    {
        try
        {
            while (await channel.ReceiveAsync(cancellation) is not null)
            {
                // A peer that reads.
            }
        }
        catch (Exception e) when (e is IOException or ProtocolViolation or OperationCanceledException)
        {
            // Over.
        }
    }

    // A run as root must not touch anything but its own folder, whatever a path says.
    private static Message? Harmless(Message? message, string folder)
    {
        if (message?.FileAction is not { } action) return message;
        if (action.Receive is { } receive) receive.Path = Path.Combine(folder, "r");
        if (action.ReadDir is { } read) read.Path = folder;
        if (action.AllFiles is { } all) all.Path = folder;
        if (action.ReadEmptyDirs is { } empty) empty.Path = folder;
        return message;
    }

    private static Message? Parse(byte[] bytes)
    {
        try
        {
            return Message.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = (byte[])Seeds[random.Next(Seeds.Length)].Clone();
        for (var n = random.Next(0, 4); n > 0; n--)
        {
            switch (random.Next(3))
            {
                case 0: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); break;
                default: bytes = [.. bytes, .. Seeds[random.Next(Seeds.Length)]]; break;
            }
        }

        return bytes;
    }
}
