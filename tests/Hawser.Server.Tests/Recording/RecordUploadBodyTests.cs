using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Recording.Storage;
using Hawser.Server.Tests.Options;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording;

/// <summary>
/// C62: the bytes of parts, however they come: of any size, in any pieces, several at once, cut off, slowly, over TLS; and
/// the file they make, by its hash.
/// </summary>
public sealed class RecordUploadBodyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Around the sizes of blocks, of what is gathered, and of what may wait in memory.
    private static readonly int[] Sizes =
        [1, 1, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145, 1 << 20, (1 << 20) + 1, 5_000_001, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C62_parts_of_any_size_make_the_same_bytes(bool busy)
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = FlushPolicy.None);
        using var disk = busy ? new BusyDisk(rig) : null;
        var bytes = RandomNumberGenerator.GetBytes(Sizes.Sum());
        (await rig.StartAsync()).Status.ShouldBe(200);
        var at = 0;
        foreach (var size in Sizes)
        {
            (await rig.PartAsync(at, bytes[at..(at + size)])).ToString().ShouldBe("200 ");
            at += size;
        }

        await EndsAsync(rig, bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C62_several_at_once_in_pieces_of_all_sizes_each_make_their_own_bytes(bool busy)
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = FlushPolicy.None);
        using var disk = busy ? new BusyDisk(rig) : null;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async n =>
        {
            var name = Name(n);
            var bytes = RandomNumberGenerator.GetBytes(2_500_000 + n);
            (await rig.StartAsync(name)).Status.ShouldBe(200);
            using var raw = await RawUpload.ConnectAsync(rig);
            var half = bytes.Length / 2;
            await raw.PartAsync(name, 0, bytes[..half], pieces: [7, 4095, 70_001 + n, 300_000]);
            (await raw.StatusAsync()).ShouldBe(200);
            // The next one on the same connection, so that what is left of a block is not lost.
            await raw.PartAsync(name, half, bytes[half..], pieces: [65_536 - n, 1, 262_144]);
            (await raw.StatusAsync()).ShouldBe(200);
            await EndsAsync(rig, bytes, name);
        }));
    }

    [Fact]
    public async Task C62_parts_that_are_sent_ahead_of_answers_are_taken_in_their_order()
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = FlushPolicy.None);
        var bytes = RandomNumberGenerator.GetBytes(900_000);
        await rig.StartAsync();
        using var raw = await RawUpload.ConnectAsync(rig);
        for (var at = 0; at < bytes.Length; at += 100_000) await raw.PartAsync(RecordingRig.Name, at, bytes[at..(at + 100_000)], [100_000]);
        for (var at = 0; at < bytes.Length; at += 100_000) (await raw.StatusAsync()).ShouldBe(200);
        await EndsAsync(rig, bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C62_a_body_of_unknown_length_is_taken_when_it_is_as_long_as_the_part(bool busy)
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = FlushPolicy.None);
        using var disk = busy ? new BusyDisk(rig) : null;
        var bytes = RandomNumberGenerator.GetBytes(1_300_000);
        await rig.StartAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"/api/record?type=part&file={RecordingRig.Name}&offset=0&length={bytes.Length}")
        {
            Content = new ByteArrayContent(bytes),
        };
        request.Headers.TransferEncodingChunked = true;
        using var response = await rig.Api.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await EndsAsync(rig, bytes);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(300_000, false)]
    [InlineData(1_900_000, true)]
    public async Task C62_a_connection_that_ends_within_a_part_changes_nothing_and_the_upload_goes_on(int sent, bool reset)
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = FlushPolicy.None);
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        await rig.StartAsync();
        (await rig.PartAsync(0, bytes[..1_000_000])).Status.ShouldBe(200);
        using (var raw = await RawUpload.ConnectAsync(rig))
        {
            await raw.PartAsync(RecordingRig.Name, 1_000_000, bytes[1_000_000..], [50_000], cutAfter: sent);
            if (reset) raw.Reset();
        }

        // A part that would begin where the torn one ended leaves a hole; whichever comes first waits for the other.
        if (sent > 0) (await rig.PartAsync(1_000_000 + sent, [1])).Status.ShouldBe(409);
        (await rig.RowAsync())!.Status.ShouldBe(RecordingStatus.Recording);
        (await rig.PartAsync(1_000_000, bytes[1_000_000..2_000_000])).ToString().ShouldBe("200 ");
        (await rig.PartAsync(3_000_000, [1])).Status.ShouldBe(409);
        // Sent again from before its end, as who did not get the answer does.
        (await rig.PartAsync(1_500_000, bytes[1_500_000..])).ToString().ShouldBe("200 ");
        await EndsAsync(rig, bytes);
    }

    [Fact]
    public async Task C62_who_sends_too_slowly_is_told_and_holds_up_nobody_for_ever()
    {
        await using var rig = await RecordingRig.StartAsync(o => o.Flush = FlushPolicy.None);
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        await rig.StartAsync();
        using var raw = await RawUpload.ConnectAsync(rig);
        await raw.PartAsync(RecordingRig.Name, 0, bytes, [10], cutAfter: 100);
        // Others of the same recording wait for it meanwhile.
        var other = rig.PartAsync(0, bytes);
        (await raw.StatusAsync()).ShouldBe(408);
        (await other.WaitAsync(Patience)).ToString().ShouldBe("200 ");
        await EndsAsync(rig, bytes);
    }

    [Fact]
    public async Task C62_over_TLS_the_bytes_are_the_same_and_who_asks_for_HTTP_2_is_served_by_1()
    {
        using var folder = new TemporaryFolder();
        var (certificate, key) = (folder.File("cert.pem"), folder.File("key.pem"));
        var thumbprint = Certify(certificate, key);
        await using var rig = await RecordingRig.StartAsync(
            o => o.Flush = FlushPolicy.None, more: o => (o.Http.TlsCertificate, o.Http.TlsKey) = (certificate, key));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, given, _, _) => given?.GetCertHashString() == thumbprint },
        };
        using var http = new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://127.0.0.1:{rig.Server.HttpPort}"),
            DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        var bytes = RandomNumberGenerator.GetBytes(4_000_000);
        async Task StepAsync(string query, byte[] body)
        {
            using var response = await http.PostAsync(
                new Uri($"/api/record?{query}&file={RecordingRig.Name}", UriKind.Relative), new ByteArrayContent(body));
            (response.StatusCode, response.Version).ShouldBe((HttpStatusCode.OK, HttpVersion.Version11));
        }

        await StepAsync("type=new", []);
        foreach (var (at, length) in ((int, int)[])[(0, 1), (1, 1 << 20), (1 + (1 << 20), bytes.Length - 1 - (1 << 20))])
        {
            await StepAsync(
                string.Create(CultureInfo.InvariantCulture, $"type=part&offset={at}&length={length}"), bytes[at..(at + length)]);
        }

        await StepAsync("type=tail&offset=0&length=100", bytes[..100]);
        await HasAsync(rig, bytes);
    }

    private static string Name(int n) => RecordingRig.Name.Replace("display0", $"display{n}", StringComparison.Ordinal);

    private static async Task EndsAsync(RecordingRig rig, byte[] bytes, string name = RecordingRig.Name)
    {
        (await rig.TailAsync(bytes[..100], name)).ToString().ShouldBe("200 ");
        await HasAsync(rig, bytes, name);
    }

    private static async Task HasAsync(RecordingRig rig, byte[] bytes, string name = RecordingRig.Name)
    {
        await using var file = File.OpenRead(rig.FileOf("source.webm", name));
        Convert.ToHexStringLower(await SHA256.HashDataAsync(file)).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var row = (await rig.RowAsync(name))!;
        (row.Status, row.Size, row.Incomplete).ShouldBe((RecordingStatus.Finalising, bytes.Length, false));
    }

    private static string Certify(string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hawser.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(10));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return certificate.GetCertHashString();
    }

    /// <summary>Somebody writes all the time, so that what comes is gathered before it is written, on other threads.</summary>
    private sealed class BusyDisk : IDisposable
    {
        private readonly ManualResetEventSlim _end = new();
        private readonly Thread _thread;

        public BusyDisk(RecordingRig rig)
        {
            var disk = rig.Api.Services.GetRequiredService<DiskThreads>();
            _thread = new Thread(() => disk.RunShortAsync(end => ((ManualResetEventSlim)end).Wait(Patience), _end).AsTask().GetAwaiter().GetResult());
            _thread.Start();
            SpinWait.SpinUntil(() => disk.IsBusy, Patience).ShouldBeTrue();
        }

        public void Dispose()
        {
            _end.Set();
            _thread.Join();
            _end.Dispose();
        }
    }

    /// <summary>A connection whose pieces are sent as they are given.</summary>
    private sealed class RawUpload : IDisposable
    {
        private readonly Socket _socket;
        private readonly CancellationTokenSource _limit = new(Patience);
        private byte[] _left = [];

        private RawUpload(Socket socket) => _socket = socket;

        public static async Task<RawUpload> ConnectAsync(RecordingRig rig)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, rig.Server.HttpPort);
            return new RawUpload(socket);
        }

        /// <summary>A part in pieces of these sizes, again and again.</summary>
        public async Task PartAsync(string name, long offset, byte[] body, int[] pieces, int? cutAfter = null)
        {
            await _socket.SendAsync(
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
                    $"POST /api/record?type=part&file={name}&offset={offset}&length={body.Length} HTTP/1.1\r\nHost: h\r\n")
                + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n")),
                _limit.Token);
            var end = cutAfter ?? body.Length;
            for (int at = 0, piece = 0; at < end; piece++)
            {
                var length = Math.Min(pieces[piece % pieces.Length], end - at);
                for (var sent = 0; sent < length;) sent += await _socket.SendAsync(body.AsMemory(at + sent, length - sent), _limit.Token);
                at += length;
            }
        }

        /// <summary>The status of the next answer.</summary>
        public async Task<int> StatusAsync()
        {
            var buffer = new byte[4096];
            while (true)
            {
                var text = Encoding.ASCII.GetString(_left);
                var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end > 0)
                {
                    const string field = "\r\nContent-Length: ";
                    var at = text.IndexOf(field, StringComparison.OrdinalIgnoreCase) + field.Length;
                    var length = int.Parse(text[at..text.IndexOf('\r', at)], CultureInfo.InvariantCulture);
                    if (_left.Length >= end + 4 + length)
                    {
                        _left = _left[(end + 4 + length)..];
                        return int.Parse(text[9..12], CultureInfo.InvariantCulture);
                    }
                }

                var got = await _socket.ReceiveAsync(buffer, _limit.Token);
                if (got == 0) throw new InvalidOperationException("the server closed the connection without an answer: " + text);
                _left = [.. _left, .. buffer[..got]];
            }
        }

        /// <summary>Ends it without a farewell.</summary>
        public void Reset() => _socket.LingerState = new LingerOption(true, 0);

        public void Dispose()
        {
            _socket.Dispose();
            _limit.Dispose();
        }
    }
}
