using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Many files, large files, and much through a tunnel: the sizes of session reference §24.</summary>
public sealed class LargeTests : IAsyncDisposable
{
    private const int Files = 10_000;
    private const long FourGigabytes = 1L << 32;
    private const long Gigabyte = 1_000_000_000;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(5));
    private readonly SessionRig _rig = new();
    private readonly string _here = Directory.CreateTempSubdirectory("hawser-here-").FullName;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        Directory.Delete(_here, recursive: true);
        _limit.Dispose();
    }

    [Fact]
    public async Task T68_a_tree_of_ten_thousand_files_goes_both_ways()
    {
        var (tree, there, back) = (Path.Combine(_here, "tree"), Path.Combine(_rig.Folder, "tree"), Path.Combine(_here, "back"));
        for (var i = 0; i < Files; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            var folder = Directory.CreateDirectory(Path.Combine(tree, $"{i / 1000}", $"{i / 100 % 10}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, name), i % 10 == 0 ? "" : name, _limit.Token);
        }

        await using var session = await _rig.LoginAsync(o => o with { Files = new FileTransfer() });
        (await session.Files.PutAsync(tree, there, cancellation: _limit.Token)).Moved.ShouldBe(Files);
        (await session.Files.GetAsync(there, back, cancellation: _limit.Token)).Moved.ShouldBe(Files);
        var found = Directory.EnumerateFiles(back, "*", SearchOption.AllDirectories).ToArray();
        found.Length.ShouldBe(Files);
        foreach (var file in found)
        {
            var name = Path.GetFileName(file);
            (await File.ReadAllTextAsync(file, _limit.Token)).ShouldBe(name[^1] == '0' ? "" : name);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T68_a_file_of_more_than_four_gigabytes_goes_on_as_far_on_as_can_be_said(bool fromHost)
    {
        var (there, here) = (Path.Combine(_rig.Folder, "file.bin"), Path.Combine(_here, "file.bin"));
        var (source, target) = fromHost ? (there, here) : (here, there);
        // What nobody wrote takes no room on the disk, and reads as zeros.
        var tail = RandomNumberGenerator.GetBytes(3 << 20);
        await using (var file = File.Create(source))
        {
            file.Position = FourGigabytes - (1 << 20);
            await file.WriteAsync(tail, _limit.Token);
        }

        // Cut off behind the last byte that a place can be said of (§14.4): what came after that comes once more.
        var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(source)).ToUnixTimeSeconds();
        await using (var partial = File.Create(target + ".download"))
        {
            partial.Position = FourGigabytes - (1 << 20);
            await partial.WriteAsync(tail.AsMemory(0, 2 << 20), _limit.Token);
            await partial.WriteAsync("what was written by mistake"u8.ToArray(), _limit.Token);
        }

        await File.WriteAllTextAsync(
            target + ".digest", $$"""{"size":{{new FileInfo(source).Length}},"modified":{{modified}}}""", _limit.Token);
        var first = -1L;
        var options = new TransferOptions { Resume = true, Progress = p => first = first < 0 ? p.Done : first };
        await using var session = await _rig.LoginAsync(o => o with { Files = new FileTransfer() });
        var moved = fromHost
            ? await session.Files.GetAsync(there, here, options, _limit.Token)
            : await session.Files.PutAsync(here, there, options, _limit.Token);
        (moved.Moved, first).ShouldBe((1, uint.MaxValue));
        new FileInfo(target).Length.ShouldBe(FourGigabytes + (2 << 20));
        await using var arrived = File.OpenRead(target);
        arrived.Position = FourGigabytes - (1 << 20);
        var end = new byte[tail.Length];
        await arrived.ReadExactlyAsync(end, _limit.Token);
        end.AsSpan().SequenceEqual(tail).ShouldBeTrue();
    }

    [Fact]
    public async Task T76_a_gigabyte_goes_through_a_tunnel_both_ways()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = EchoAsync(listener);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var session = await _rig.LoginAsync(
            o => o with { Tunnel = new PortForward { Host = "127.0.0.1", Port = port } });
        await using var tunnel = await session.TunnelAsync();
        var sending = SendAsync(tunnel);
        var buffer = new byte[1 << 20];
        for (var at = 0L; at < Gigabyte;)
        {
            var count = await tunnel.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, Gigabyte - at)), _limit.Token);
            count.ShouldBeGreaterThan(0);
            IsAt(buffer.AsSpan(0, count), at).ShouldBeTrue();
            at += count;
        }

        await sending;
        await tunnel.DisposeAsync();
        (await serving).ShouldBe(Gigabyte);
    }

    // Bytes that say where they are, so that a piece too much or too few is seen.
    private static readonly byte[] Pattern = [.. Enumerable.Range(0, 251 * 4096).Select(i => (byte)(i % 251))];

    private static bool IsAt(ReadOnlySpan<byte> bytes, long at)
    {
        while (bytes.Length > 0)
        {
            var part = Pattern.AsSpan((int)(at % 251));
            var count = Math.Min(part.Length, bytes.Length);
            if (!bytes[..count].SequenceEqual(part[..count])) return false;
            bytes = bytes[count..];
            at += count;
        }

        return true;
    }

    private async Task SendAsync(Stream tunnel)
    {
        for (var at = 0L; at < Gigabyte;)
        {
            // Not whole rows of the pattern: pieces and rows begin at different places.
            var from = (int)(at % 251);
            var count = (int)Math.Min(Gigabyte - at, 300_000);
            await tunnel.WriteAsync(Pattern.AsMemory(from, count), _limit.Token);
            at += count;
        }
    }

    private async Task<long> EchoAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(_limit.Token);
        await using var stream = client.GetStream();
        var buffer = new byte[1 << 18];
        var all = 0L;
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, _limit.Token)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count), _limit.Token);
                all += count;
            }
        }
        catch (IOException)
        {
            // The tunnel was cut when all of it was back.
        }

        return all;
    }
}
