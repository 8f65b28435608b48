using System.Globalization;
using System.Security.Cryptography;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>
/// A file over a network that breaks twice: 8 MiB, or as many as <c>HAWSER_TEST_FILE_MIB</c> says.
/// </summary>
public sealed class CutFileTests : IAsyncDisposable
{
    private static readonly long Size =
        (int.TryParse(Environment.GetEnvironmentVariable("HAWSER_TEST_FILE_MIB"), CultureInfo.InvariantCulture, out var mib) ? mib : 8L) << 20;

    private readonly SessionRig _rig = new();
    private readonly string _here = Directory.CreateTempSubdirectory("hawser-here-").FullName;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        Directory.Delete(_here, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T70_a_file_that_is_cut_off_twice_arrives_whole(bool fromHost)
    {
        var (there, here) = (Path.Combine(_rig.Folder, "file.bin"), Path.Combine(_here, "file.bin"));
        var (source, target) = fromHost ? (there, here) : (here, there);
        var hash = await MakeAsync(source);
        long offset = 0;
        for (var cuts = 0; cuts < 2; cuts++)
        {
            await using var link = await CuttingLink.MakeAsync(Size * 2 / 5);
            var first = -1L;
            await Should.ThrowAsync<IOException>(MoveAsync(link, fromHost, there, here, p => first = first < 0 ? p.Done : first));
            link.IsCut.ShouldBeTrue();
            first.ShouldBe(offset, "it goes on where it was");
            File.Exists(target).ShouldBeFalse();
            await Eventually.HoldsAsync(() => _rig.Host.Connections.Count == 0, "the host has seen the end", 60);
            var arrived = new FileInfo(target + ".download").Length;
            arrived.ShouldBeGreaterThan(offset);
            offset = arrived;
        }

        await using (var whole = await CuttingLink.MakeAsync(long.MaxValue))
        {
            var first = -1L;
            (await MoveAsync(whole, fromHost, there, here, p => first = first < 0 ? p.Done : first)).Moved.ShouldBe(1);
            first.ShouldBe(offset);
        }

        (await HashAsync(target)).ShouldBe(hash);
        File.Exists(target + ".download").ShouldBeFalse();
        File.Exists(target + ".digest").ShouldBeFalse();
    }

    private static async Task<string> MakeAsync(string path)
    {
        var random = new Random(11);
        var block = new byte[1 << 20];
        await using (var file = File.Create(path))
        {
            for (var left = Size; left > 0; left -= block.Length)
            {
                random.NextBytes(block);
                await file.WriteAsync(block);
            }
        }

        return await HashAsync(path);
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }

    private async Task<TransferResult> MoveAsync(
        CuttingLink link, bool fromHost, string there, string here, Action<FileProgress> progress)
    {
        await using var session = await _rig.LoginAsync(
            o => o with { Files = new FileTransfer() }, path: (link.Host, link.Controller));
        session.IsEncrypted.ShouldBeTrue();
        var options = new TransferOptions { Resume = true, Progress = progress };
        return fromHost ? await session.Files.GetAsync(there, here, options) : await session.Files.PutAsync(here, there, options);
    }
}
