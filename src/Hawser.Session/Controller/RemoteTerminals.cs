using System.Threading.Channels;
using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Controller;

/// <summary>What a shell at the host says: output, or its end.</summary>
/// <param name="Output">Bytes; empty with an end.</param>
/// <param name="ExitCode">The exit code of a shell that has ended.</param>
public readonly record struct TerminalEvent(ReadOnlyMemory<byte> Output, int? ExitCode)
{
    /// <summary>What went wrong; null otherwise.</summary>
    public string? Error { get; init; }
}

/// <summary>Shells of the host (§15.1): opens, types, resizes, and reads one of them at a time or several.</summary>
public sealed class RemoteTerminals
{
    private const int LargestOutput = 1024 * 1024;
    private const int Waiting = 64;
    private readonly ControllerSession _session;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Channel<TerminalEvent>> _open = [];
    private readonly Dictionary<int, TaskCompletionSource<TerminalOpened>> _opening = [];

    internal RemoteTerminals(ControllerSession session) => _session = session;

    /// <summary>The name under which the host keeps these shells; for the next login.</summary>
    public string ServiceId { get; private set; } = "";

    /// <summary>Opens a shell, or comes back to one.</summary>
    /// <param name="id">The own number for it.</param>
    /// <param name="rows">Lines.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What the host says.</returns>
    /// <exception cref="IOException">It can't be opened.</exception>
    public async Task<TerminalOpened> OpenAsync(
        int id, int rows, int columns, CancellationToken cancellation = default)
    {
        var opened = new TaskCompletionSource<TerminalOpened>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _opening[id] = opened;
            _open.TryAdd(id, System.Threading.Channels.Channel.CreateBounded<TerminalEvent>(Waiting));
        }

        Post(new TerminalAction
        {
            Open = new OpenTerminal { TerminalId = id, Rows = (uint)rows, Cols = (uint)columns },
        });
        if (_session.Ended.IsCompleted) End();
        var answer = await opened.Task.WaitAsync(cancellation);
        ServiceId = answer.ServiceId;
        return answer.Success ? answer : throw new IOException(answer.Message);
    }

    /// <summary>The next output of a shell.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellation">Gives up; nothing is lost.</param>
    /// <returns>Output, or the end.</returns>
    /// <exception cref="IOException">The session has ended, or there is no such shell.</exception>
    public async ValueTask<TerminalEvent> ReadAsync(int id, CancellationToken cancellation = default)
    {
        Channel<TerminalEvent>? events;
        lock (_gate) _open.TryGetValue(id, out events);
        if (events is null) throw new IOException("no such terminal");
        try
        {
            return await events.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException(_session.EndReason ?? "the terminal is closed", e);
        }
    }

    /// <summary>Types.</summary>
    /// <param name="id">The shell's number.</param>
    /// <param name="bytes">The bytes; copied.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When sent.</returns>
    public Task TypeAsync(int id, ReadOnlySpan<byte> bytes, CancellationToken cancellation = default)
    {
        var data = new TerminalData { TerminalId = id, Data = ByteString.CopyFrom(bytes) };
        return _session.Lanes.SendAsync(
            SendLane.Input, new Message { TerminalAction = new TerminalAction { Data = data } }, cancellation);
    }

    /// <summary>Changes the size of a shell.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="rows">Lines.</param>
    /// <param name="columns">Columns.</param>
    public void Resize(int id, int rows, int columns) => Post(new TerminalAction
    {
        Resize = new ResizeTerminal { TerminalId = id, Rows = (uint)rows, Cols = (uint)columns },
    });

    /// <summary>Ends a shell.</summary>
    /// <param name="id">Its number.</param>
    public void Close(int id) => Post(new TerminalAction { Close = new CloseTerminal { TerminalId = id } });

    internal async ValueTask OnResponseAsync(TerminalResponse response)
    {
        switch (response.UnionCase)
        {
            case TerminalResponse.UnionOneofCase.Opened:
                Opening(response.Opened.TerminalId)?.TrySetResult(response.Opened);
                break;
            case TerminalResponse.UnionOneofCase.Data:
                await OnDataAsync(response.Data);
                break;
            case TerminalResponse.UnionOneofCase.Closed:
                await GiveAsync(response.Closed.TerminalId, new TerminalEvent(default, response.Closed.ExitCode));
                break;
            case TerminalResponse.UnionOneofCase.Error:
                var error = response.Error;
                var opening = Opening(error.TerminalId);
                if (opening is not null) opening.TrySetException(new IOException(error.Message));
                else await GiveAsync(error.TerminalId, new TerminalEvent(default, null) { Error = error.Message });
                break;
            default:
                break;
        }
    }

    internal void End()
    {
        lock (_gate)
        {
            foreach (var events in _open.Values) events.Writer.TryComplete();
            foreach (var opening in _opening.Values)
            {
                opening.TrySetException(new IOException(_session.EndReason ?? "the session has ended"));
            }

            _opening.Clear();
        }
    }

    private async ValueTask OnDataAsync(TerminalData data)
    {
        var bytes = data.Data.Memory;
        if (data.Compressed)
        {
            if (!Zstd.TryDecompress(bytes.Span, LargestOutput, out var plain)) return;
            bytes = plain;
        }

        await GiveAsync(data.TerminalId, new TerminalEvent(bytes, null));
    }

    private async ValueTask GiveAsync(int id, TerminalEvent what)
    {
        Channel<TerminalEvent>? events;
        lock (_gate) _open.TryGetValue(id, out events);
        if (events is null) return;
        try
        {
            // A terminal that nobody reads holds the session up, as it would the program.
            await events.Writer.WriteAsync(what, _session.Stopping);
        }
        catch (ChannelClosedException)
        {
            // Over.
        }
    }

    private TaskCompletionSource<TerminalOpened>? Opening(int id)
    {
        lock (_gate) return _opening.Remove(id, out var opening) ? opening : null;
    }

    private void Post(TerminalAction action) => _session.Lanes.Post(new Message { TerminalAction = action });
}
