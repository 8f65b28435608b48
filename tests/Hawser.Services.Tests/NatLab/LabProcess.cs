using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Hawser.Services.Tests.NatLab;

/// <summary>A program in a namespace that prints one JSON object a line.</summary>
internal sealed class LabProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _title;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private readonly List<string> _seen = [];
    private int _disposed;

    public LabProcess(Process process, string title)
    {
        _process = process;
        _title = title;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Waits for a line that is a JSON object with this event.</summary>
    public async Task<JsonElement> ExpectAsync(string @event, int seconds = 90)
    {
        var line = await ExpectLineAsync(l =>
            l.StartsWith('{') && l.Contains($"\"event\":\"{@event}\"", StringComparison.Ordinal)
            || l.Contains("\"event\":\"failed\"", StringComparison.Ordinal), seconds);
        var element = JsonSerializer.Deserialize<JsonElement>(line);
        return element.GetProperty("event").GetString() == @event ? element
            : throw new InvalidOperationException($"{_title}: {line}");
    }

    /// <summary>Waits for a line.</summary>
    public async Task<string> ExpectLineAsync(Func<string, bool> wanted, int seconds = 90)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(limit.Token);
                if (wanted(line)) return line;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            var errors = _errors.IsCompleted ? await _errors : "";
            throw new InvalidOperationException($"{_title} said only: {string.Join('\n', _seen)}\n{errors}", e);
        }
    }

    /// <summary>What it said so far; all of it once it has ended.</summary>
    public string Output => string.Join('\n', _seen);

    /// <summary>What it complained of, when it has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    /// <summary>Types into it.</summary>
    public async Task TypeAsync(string text, bool end = false)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
        if (end) _process.StandardInput.Close();
    }

    /// <summary>Waits for the end of the program.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(int seconds = 120)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException($"{_title} goes on; it said: {Output}", e);
        }

        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        await _errors;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _seen.Add(line);
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
