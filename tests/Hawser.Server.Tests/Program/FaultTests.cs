using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Program;

/// <summary>What an administrator's disk, database and ports may do to the real program, and what it says then.</summary>
public sealed class FaultTests : IDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Block(10);
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, false, "--rendezvous-port")]
    [InlineData(2, false, "--rendezvous-port")]
    [InlineData(2, true, "--rendezvous-port")]
    [InlineData(5, false, "--relay-port")]
    public async Task A_taken_port_ends_the_start_with_one_sentence(int offset, bool udp, string option)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, udp ? SocketType.Dgram : SocketType.Stream,
            udp ? ProtocolType.Udp : ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, _port + offset));
        if (!udp) taken.Listen();
        await ShouldFailAsync(option, Serve());
    }

    [Fact]
    public async Task A_read_only_data_folder_ends_the_start_and_a_writable_one_begins_afresh()
    {
        using var disk = new TinyDisk(_folder.File("d"), 1024, readOnly: true);
        await ShouldFailAsync("--data", Serve());
        Directory.EnumerateFileSystemEntries(disk.Path).ShouldBeEmpty();
        disk.MakeWritable();
        await ShouldStartAsync();
    }

    [Fact]
    public async Task A_data_folder_without_permission_ends_the_start()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        Directory.CreateDirectory(_folder.File("d"));
        // Of somebody else, and closed: neither writing nor changing the mode is allowed.
        if (Environment.IsPrivilegedProcess) chown(_folder.File("d"), 65534, 65534).ShouldBe(0);
        File.SetUnixFileMode(_folder.File("d"), UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await using var server = HawserProcess.StartWithoutPrivileges(_folder.Path, Serve());
        ShouldBeOneSentence("--data", await server.ExitAsync(), server.Errors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public async Task A_disk_that_is_full_at_the_first_start_leaves_nothing_that_hinders_the_next(int freePages)
    {
        using var disk = new TinyDisk(_folder.File("d"), 1024);
        disk.Fill(freePages);
        await ShouldFailAsync("--data", Serve());
        File.Exists(_folder.File("d/hawser.db")).ShouldBeFalse("a database is there completely or not at all");
        disk.MakeRoom();
        await ShouldStartAsync();
    }

    [Fact]
    public async Task A_disk_that_fills_up_stops_registrations_and_loses_none()
    {
        using var disk = new TinyDisk(_folder.File("d"), 1024);
        var refused = -1;
        await using (var server = await StartAsync())
        {
            (await RegisterAsync(0)).ShouldBe(Result.Ok);
            (await ReadyAsync()).ShouldContain("\"status\":\"ready\"");
            disk.Fill();
            // What is free within the last pages may still be used up.
            for (var i = 1; i < 60 && refused < 0; i++)
            {
                var result = await RegisterAsync(i);
                if (result == Result.ServerError) refused = i;
                else result.ShouldBe(Result.Ok);
            }

            refused.ShouldBeGreaterThan(0, "a full disk is told");
            (await ReadyAsync()).ShouldContain("\"store\":\"degraded\"");
            (await IsKnownAsync(0)).ShouldBeTrue("known peers are served as ever");
            (await IsKnownAsync(refused)).ShouldBeFalse("what was not stored is not known");
            disk.MakeRoom();
            (await RegisterAsync(refused + 1)).ShouldBe(Result.Ok);
            (await ReadyAsync()).ShouldContain("\"store\":\"ready\"");
            disk.Fill();
            server.Signal(Kill);
            await server.ExitAsync();
        }

        disk.MakeRoom();
        await using var again = await StartAsync();
        for (var i = 0; i < refused + 2; i++) (await IsKnownAsync(i)).ShouldBe(i != refused, $"device {i}");
    }

    [Fact]
    public async Task A_database_that_another_program_keeps_locked_ends_the_start()
    {
        await ShouldStartAsync();
        await using (var other = Open("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE"))
        {
            var errors = await ShouldFailAsync("--data", Serve());
            errors.ShouldContain("locked by another program");
        }

        await ShouldStartAsync();
    }

    [Fact]
    public async Task A_database_that_another_program_locks_meanwhile_delays_registrations_only()
    {
        await using var server = await StartAsync();
        (await RegisterAsync(0)).ShouldBe(Result.Ok);
        await using (var other = Open("BEGIN EXCLUSIVE"))
        {
            var waiting = RegisterAsync(1);
            (await IsKnownAsync(0)).ShouldBeTrue("known peers do not wait for the database");
            (await waiting).ShouldBe(Result.ServerError);
            (await ReadyAsync()).ShouldContain("\"store\":\"degraded\"");
        }

        (await RegisterAsync(1)).ShouldBe(Result.Ok);
        (await ReadyAsync()).ShouldContain("\"status\":\"ready\"");
    }

    [Fact]
    public async Task A_second_request_to_stop_ends_the_drain_at_once()
    {
        await using var server = await StartAsync("--relay-drain-seconds", "60");
        using var first = await JoinAsync();
        using var second = await JoinAsync();
        await first.SendHexAsync("01");
        (await second.ReceiveAsync()).ShouldBe([1]);
        server.Signal(Terminate);
        await Eventually.HoldsAsync(() => server.Errors.Contains("draining for up to 60 s"), "the drain is told");
        await second.SendHexAsync("02");
        (await first.ReceiveAsync()).ShouldBe([2], "the pair is let finish");
        server.HasExited.ShouldBeFalse();
        var begun = TimeProvider.System.GetTimestamp();
        server.Signal(Terminate);
        (await server.ExitAsync()).ShouldBe(1);
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(40), "the drain was 60");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Id(int number) => Text(123456700 + number);

    private static void ShouldBeOneSentence(string option, int code, string errors)
    {
        code.ShouldBe(1, errors);
        // What was logged before, on the same stream, is not what the administrator is told.
        var told = errors.Split('\n').Where(l => l.Length > 0 && !l.Contains("Z info  ")).ToList();
        told.Count.ShouldBe(1, errors);
        told[0].ShouldContain(option);
        told[0].ShouldNotContain("another hawser");
    }

    private string[] Serve(params string[] more) =>
    [
        "serve", "--data", "d", "--bind", "127.0.0.1", "--http-port", Text(_port), "--rendezvous-port", Text(_port + 2),
        "--relay-port", Text(_port + 5), .. more,
    ];

    private async Task<string> ShouldFailAsync(string option, string[] arguments)
    {
        var (code, output, errors) = await HawserProcess.RunAsync(_folder.Path, arguments);
        output.ShouldBeEmpty();
        ShouldBeOneSentence(option, code, errors);
        return errors;
    }

    private async Task ShouldStartAsync()
    {
        await using var server = await StartAsync("--relay-drain-seconds", "0");
        server.Signal(Terminate);
        (await server.ExitAsync()).ShouldBe(0);
    }

    private async Task<HawserProcess> StartAsync(params string[] more)
    {
        var server = HawserProcess.Start(_folder.Path, Serve(more));
        await server.ReadyAsync();
        return server;
    }

    // Each from an address of its own, so that no budget plays a part.
    private async Task<Result> RegisterAsync(int number)
    {
        using var peer = new WireDatagrams(_port + 2, $"127.0.1.{number + 1}");
        await peer.SendAsync(new RendezvousMessage
        {
            RegisterPk = new RegisterPk
            {
                Id = Id(number),
                Uuid = ByteString.CopyFromUtf8("uuid-" + Id(number)),
                Pk = ByteString.CopyFrom(new byte[31].Append((byte)7).ToArray()),
            },
        });
        return (await peer.ReceiveMessageAsync()).ShouldNotBeNull().RegisterPkResponse.Result;
    }

    private async Task<bool> IsKnownAsync(int number)
    {
        using var peer = new WireDatagrams(_port + 2, $"127.0.1.{number + 1}");
        await peer.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = Id(number) } });
        return !(await peer.ReceiveMessageAsync()).ShouldNotBeNull().RegisterPeerResponse.RequestPk;
    }

    private async Task<string> ReadyAsync() => await _http.GetStringAsync($"http://127.0.0.1:{_port}/health/ready");

    private async Task<WireClient> JoinAsync()
    {
        var leg = await WireClient.ConnectAsync(_port + 5);
        await leg.SendAsync(new RendezvousMessage { RequestRelay = new RequestRelay { Uuid = "ticket-1", LicenceKey = Key() } });
        return leg;
    }

    private string Key() => File.ReadAllText(_folder.File("d/id_ed25519.pub"));

    private SqliteConnection Open(string sql)
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("d/hawser.db")};Pooling=False");
        connection.Open();
        Data.DataFolder.Execute(connection, sql);
        return connection;
    }

    [System.Runtime.InteropServices.DllImport("libc", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int chown(string path, uint user, uint group);
}
