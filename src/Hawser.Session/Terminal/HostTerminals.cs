using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Terminal;

/// <summary>Serves a terminal session (§15).</summary>
internal sealed class HostTerminals : IAsyncDisposable
{
    private const int MostTerminals = 32;
    private const int WorthPacking = 512;
    private const int LargestInput = 1024 * 1024;

    private readonly SendLanes _lanes;
    private readonly TerminalServices _services;
    private readonly TerminalService _service;
    private readonly OpenShell _open;
    private readonly CancellationTokenSource _stop = new();
    private bool _greeted;

    public HostTerminals(SendLanes lanes, TerminalServices services, TerminalService service, OpenShell open)
    {
        _lanes = lanes;
        _services = services;
        _service = service;
        _open = open;
    }

    public bool IsPersistent
    {
        set => _service.IsPersistent = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _services.DetachAsync(_service, this);
        _stop.Dispose();
    }

    public async ValueTask OnActionAsync(TerminalAction action)
    {
        _service.Use();
        switch (action.UnionCase)
        {
            case TerminalAction.UnionOneofCase.Open:
                Open(action.Open);
                break;
            case TerminalAction.UnionOneofCase.Data:
                Type(action.Data);
                break;
            case TerminalAction.UnionOneofCase.Resize:
                Find(action.Resize.TerminalId)?.Resize(action.Resize.Rows, action.Resize.Cols);
                break;
            case TerminalAction.UnionOneofCase.Close:
                await CloseAsync(action.Close.TerminalId);
                break;
            default:
                break;
        }
    }

    private void Open(OpenTerminal open)
    {
        try
        {
            var (terminal, fresh) = FindOrStart(open);
            var opened = new TerminalOpened
            {
                TerminalId = open.TerminalId,
                Success = true,
                Message = "Terminal opened",
                Pid = (uint)terminal.ProcessId,
                ServiceId = _service.Id,
            };
            lock (_service.Gate)
            {
                var others = _service.Terminals.Keys.Where(k => k != open.TerminalId);
                if (!_greeted) opened.PersistentSessions.AddRange(others);
            }

            _greeted = true;
            Join(terminal, opened, fresh);
            if (fresh) return;
            // Programs that fill the screen draw it anew when its size changes.
            terminal.Resize(open.Rows + 1, open.Cols);
            terminal.Resize(open.Rows, open.Cols);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            Fail(open.TerminalId, $"Failed to handle action: {e.Message}");
        }
    }

    private void Join(HostTerminal terminal, TerminalOpened opened, bool fresh)
    {
        terminal.Attach(new HostTerminal.Viewer(this, ShowAsync, EndedAsync), last =>
        {
            if (!fresh)
            {
                opened.ReplayTerminalOutput = last.Length > 0;
                opened.Message = last.Length > 0
                    ? "Reconnected to existing terminal with pending output" : "Reconnected to existing terminal";
            }

            Post(new TerminalResponse { Opened = opened });
            if (last.Length > 0) Post(new TerminalResponse { Data = Pack(opened.TerminalId, last) });
        });
    }

    private (HostTerminal Terminal, bool Fresh) FindOrStart(OpenTerminal open)
    {
        lock (_service.Gate)
        {
            if (_service.Terminals.TryGetValue(open.TerminalId, out var known) && !known.HasEnded)
            {
                return (known, false);
            }

            if (!_greeted && _service.Terminals.Values.Where(t => !t.HasEnded).MinBy(t => t.Id) is { } lowest)
            {
                // Whoever comes back with a number of its own gets the first that is left (§15.3).
                _service.Terminals.Remove(lowest.Id);
                lowest.Id = open.TerminalId;
                _service.Terminals[lowest.Id] = lowest;
                return (lowest, false);
            }

            if (_service.Terminals.Count >= MostTerminals) throw new InvalidOperationException("too many terminals");
            var shell = _open(HostTerminal.Sane(open.Rows), HostTerminal.Sane(open.Cols));
            return (_service.Terminals[open.TerminalId] = new HostTerminal(shell, open.TerminalId), true);
        }
    }

    private void Type(TerminalData data)
    {
        if (data.Data.Length > LargestInput || Find(data.TerminalId) is not { } terminal) return;
        if (!terminal.TryWrite(data.Data.Span)) Fail(data.TerminalId, "the program does not take its input");
    }

    private async ValueTask CloseAsync(int id)
    {
        HostTerminal? terminal;
        lock (_service.Gate) _service.Terminals.Remove(id, out terminal);
        if (terminal is null) return;
        var code = terminal.HasEnded ? 0 : -1;
        terminal.Detach(this);
        await terminal.DisposeAsync();
        Post(new TerminalResponse { Closed = new TerminalClosed { TerminalId = id, ExitCode = code } });
    }

    private async Task ShowAsync(HostTerminal terminal, byte[] output) => await _lanes.SendAsync(
        SendLane.Video, new Message { TerminalResponse = new TerminalResponse { Data = Pack(terminal.Id, output) } },
        _stop.Token);

    private async Task EndedAsync(HostTerminal terminal, int code)
    {
        lock (_service.Gate) _service.Terminals.Remove(terminal.Id);
        // In the lane of the output, so that it comes behind the last of it.
        var closed = new TerminalClosed { TerminalId = terminal.Id, ExitCode = code };
        await _lanes.SendAsync(
            SendLane.Video, new Message { TerminalResponse = new TerminalResponse { Closed = closed } }, _stop.Token);
    }

    private HostTerminal? Find(int id)
    {
        lock (_service.Gate) return _service.Terminals.GetValueOrDefault(id);
    }

    private void Fail(int id, string text) =>
        Post(new TerminalResponse { Error = new TerminalError { TerminalId = id, Message = text } });

    private void Post(TerminalResponse response) => _lanes.Post(new Message { TerminalResponse = response });

    private static TerminalData Pack(int id, byte[] output)
    {
        var data = new TerminalData { TerminalId = id };
        if (output.Length > WorthPacking && Zstd.TryShrink(output, out var packed))
        {
            data.Compressed = true;
            data.Data = UnsafeByteOperations.UnsafeWrap(packed);
        }
        else
        {
            data.Data = UnsafeByteOperations.UnsafeWrap(output);
        }

        return data;
    }
}
