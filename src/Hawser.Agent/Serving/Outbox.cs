using System.Globalization;
using System.Text.Json;

namespace Hawser.Agent.Serving;

/// <summary>
/// Records that wait for the API server: on the disk, in order, bounded. A server that is away for an hour gets them
/// when it is back; a nonce in each lets it tell a repeat.
/// </summary>
internal sealed class Outbox : IAsyncDisposable
{
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly Func<string, byte[], CancellationToken, Task<PostOutcome>> _post;
    private readonly AgentLog _log;
    private readonly TimeProvider _time;
    private readonly int _mostWaiting;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<long> _numbers = new();
    private readonly Task _sending;
    private long _last;

    public Outbox(
        string folder, Func<string, byte[], CancellationToken, Task<PostOutcome>> post, AgentLog log, TimeProvider time,
        int mostWaiting = MostWaiting)
    {
        _folder = folder;
        _post = post;
        _log = log;
        _time = time;
        _mostWaiting = mostWaiting;
        Directory.CreateDirectory(folder);
        var left = Directory.EnumerateFiles(folder, "*.json").Select(Path.GetFileNameWithoutExtension).Order();
        foreach (var name in left)
        {
            var isOurs = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (isOurs) _numbers.Enqueue(number);
        }

        if (_numbers.Count > 0)
        {
            _last = _numbers.Max();
            _waiting.Release(_numbers.Count);
        }

        _sending = SendAsync();
    }

    public int Count
    {
        get
        {
            lock (_gate) return _numbers.Count;
        }
    }

    /// <summary>Keeps a record until the server has it.</summary>
    public void Add(string path, Dictionary<string, object> record)
    {
        record["nonce"] = Guid.NewGuid().ToString();
        lock (_gate)
        {
            if (_numbers.Count >= _mostWaiting)
            {
                _log.Say("the API server is away for so long that a record is lost");
                return;
            }

            var number = ++_last;
            // The path in a first line, so that the record itself is what is sent.
            using (var file = File.Create(NameOf(number) + ".new"))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(path + "\n"));
                file.Write(JsonSerializer.SerializeToUtf8Bytes(record));
            }

            File.Move(NameOf(number) + ".new", NameOf(number), overwrite: true);
            _numbers.Enqueue(number);
        }

        _waiting.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }

    private string NameOf(long number) =>
        Path.Combine(_folder, number.ToString("D12", CultureInfo.InvariantCulture) + ".json");

    private async Task SendAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await _waiting.WaitAsync(_stop.Token);
                long number;
                lock (_gate) number = _numbers.Peek();
                await SendAsync(number);
                File.Delete(NameOf(number));
                lock (_gate) _numbers.Dequeue();
            }
        }
        catch (OperationCanceledException)
        {
            // What is left is sent at the next start.
        }
    }

    private async Task SendAsync(long number)
    {
        var bytes = await ReadAsync(number);
        var end = Array.IndexOf(bytes, (byte)'\n');
        if (end < 0) return;
        var path = System.Text.Encoding.UTF8.GetString(bytes, 0, end);
        for (var pause = FirstPause; ; pause = pause * 3 < LongestPause ? pause * 3 : LongestPause)
        {
            var outcome = await _post(path, bytes[(end + 1)..], _stop.Token);
            if (outcome == PostOutcome.Never) _log.Say($"the API server refuses a record for {path}");
            if (outcome != PostOutcome.Later) return;
            await Task.Delay(pause, _time, _stop.Token);
        }
    }

    private async Task<byte[]> ReadAsync(long number)
    {
        try
        {
            return await File.ReadAllBytesAsync(NameOf(number), _stop.Token);
        }
        catch (IOException)
        {
            // Somebody tidied up.
            return [];
        }
    }
}
