using System.Threading.Channels;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;
using Hawser.Session.Video;

namespace Hawser.Session.Controller;

/// <summary>A packed picture from the host.</summary>
/// <param name="Display">Of which display.</param>
/// <param name="Codec">How it is packed.</param>
/// <param name="Pieces">What the decoder gets, in order; mostly one.</param>
/// <param name="IsKey">Whether it stands alone.</param>
/// <param name="Milliseconds">The host's time stamp.</param>
public sealed record RemoteFrame(
    int Display, VideoCodec Codec, IReadOnlyList<ReadOnlyMemory<byte>> Pieces, bool IsKey, long Milliseconds)
{
    /// <summary>How many bytes it is.</summary>
    public int Size => Pieces.Sum(p => p.Length);
}

/// <summary>The host's displays, in a remote-control session: pictures, pointer, screenshots.</summary>
public sealed class RemoteScreen
{
    private const int MostWaiting = 120;
    private const long MostBytes = 64 * 1024 * 1024;
    private const int MostCursorSide = 512;
    private const int MostCursors = 1024;
    private readonly ControllerSession _session;
    private readonly bool _acknowledges;
    private readonly Lock _gate = new();
    private readonly Queue<RemoteFrame> _waiting = new();
    private readonly HashSet<int> _lost = [];
    private readonly Dictionary<ulong, CursorShape> _cursors = [];
    private readonly Dictionary<string, TaskCompletionSource<ScreenshotResponse>> _shots = [];
    private readonly Channel<bool> _arrived = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _bytes;
    private long _shot;
    private bool _ended;
    private DisplayInfo[] _displays = [];

    internal RemoteScreen(ControllerSession session, bool acknowledges)
    {
        (_session, _acknowledges) = (session, acknowledges);
        Input = new RemoteInput(session);
    }

    /// <summary>Pointer and keys of the host.</summary>
    public RemoteInput Input { get; }

    /// <summary>The host's displays as it told them last.</summary>
    public IReadOnlyList<DisplayInfo> Displays
    {
        get
        {
            lock (_gate) return _displays;
        }
    }

    /// <summary>The pointer's shape; null when the host has told none.</summary>
    public CursorShape? Cursor { get; private set; }

    /// <summary>Where the pointer is; null when the host has not said (it must be wished for).</summary>
    public (int X, int Y)? Pointer { get; private set; }

    /// <summary>What the host can pack, as it said last.</summary>
    public SupportedEncoding Encoding { get; private set; } = new();

    /// <summary>Waits for the next picture; the one that was taken before counts as dealt with.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The picture; null when the session has ended.</returns>
    public async ValueTask<RemoteFrame?> ReadAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.TryDequeue(out var frame))
                {
                    _bytes -= frame.Size;
                    if (_acknowledges) Tell(new Misc { VideoReceived = true });
                    return frame;
                }

                if (_ended) return null;
                // Too much had come in before; from here on somebody reads again.
                foreach (var display in _lost) Refresh(display);
            }

            await _arrived.Reader.ReadAsync(cancellation);
        }
    }

    /// <summary>Asks for a picture that stands alone.</summary>
    /// <param name="display">Of which display.</param>
    public void Refresh(int display) => Tell(new Misc { RefreshVideoDisplay = display });

    /// <summary>Asks for another size of a display (§18.6); the pictures say whether it came to be.</summary>
    /// <param name="display">Which.</param>
    /// <param name="width">One that the host named in <see cref="PeerInfo.Resolutions"/>.</param>
    /// <param name="height">And its height.</param>
    public void Resize(int display, int width, int height) => Tell(new Misc
    {
        ChangeDisplayResolution = new DisplayResolution
        {
            Display = display,
            Resolution = new Resolution { Width = width, Height = height },
        },
    });

    /// <summary>Looks at these displays and no others.</summary>
    /// <param name="displays">Which.</param>
    public void Show(params ReadOnlySpan<int> displays)
    {
        var set = new CaptureDisplays();
        foreach (var display in displays) set.Set.Add(display);
        if (displays.Length == 1) Tell(new Misc { SwitchDisplay = new SwitchDisplay { Display = displays[0] } });
        Tell(new Misc { CaptureDisplays = set });
        foreach (var display in displays) Refresh(display);
    }

    /// <summary>Asks for a picture of a display as a PNG file (§18.9).</summary>
    /// <param name="display">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The host can't, or the session has ended.</exception>
    public async Task<ReadOnlyMemory<byte>> ScreenshotAsync(int display, CancellationToken cancellation = default)
    {
        var waiting = new TaskCompletionSource<ScreenshotResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        string sid;
        lock (_gate)
        {
            if (_ended) throw new IOException("the session has ended");
            sid = $"{++_shot}";
            _shots[sid] = waiting;
        }

        _session.Lanes.Post(new Message
        {
            ScreenshotRequest = new ScreenshotRequest { Display = display, Sid = sid },
        });
        try
        {
            var answer = await waiting.Task.WaitAsync(cancellation);
            return answer.Msg.Length == 0 ? answer.Data.Memory : throw new IOException(answer.Msg);
        }
        finally
        {
            lock (_gate) _shots.Remove(sid);
        }
    }

    internal void OnHost(PeerInfo host)
    {
        lock (_gate) _displays = [.. host.Displays];
        if (host.Encoding is not null) Encoding = host.Encoding;
    }

    internal void OnFrame(VideoFrame frame)
    {
        if (VideoCodecs.FromWire(frame, out var codec) is not { Frames.Count: > 0 } frames) return;
        var one = new RemoteFrame(
            frame.Display, codec, [.. frames.Frames.Select(f => f.Data.Memory)], frames.Frames[0].Key,
            frames.Frames[0].Pts);
        lock (_gate)
        {
            // What refers to a picture that was left out is of no use.
            if (one.IsKey) _lost.Remove(one.Display);
            if (_lost.Contains(one.Display)) return;
            _waiting.Enqueue(one);
            _bytes += one.Size;
            if (_waiting.Count > MostWaiting || _bytes > MostBytes)
            {
                foreach (var left in _waiting) _lost.Add(left.Display);
                _waiting.Clear();
                _bytes = 0;
                return;
            }
        }

        _arrived.Writer.TryWrite(true);
    }

    internal void OnScreenshot(ScreenshotResponse answer)
    {
        lock (_gate)
        {
            if (_shots.TryGetValue(answer.Sid, out var waiting)) waiting.TrySetResult(answer);
        }
    }

    internal void OnCursor(Message message)
    {
        switch (message.UnionCase)
        {
            case Message.UnionOneofCase.CursorPosition:
                Pointer = (message.CursorPosition.X, message.CursorPosition.Y);
                break;
            case Message.UnionOneofCase.CursorId when _cursors.TryGetValue(message.CursorId, out var known):
                Cursor = known;
                break;
            case Message.UnionOneofCase.CursorData:
                OnShape(message.CursorData);
                break;
            default:
                break;
        }
    }

    internal void OnMisc(Misc misc)
    {
        if (misc.UnionCase == Misc.UnionOneofCase.SupportedEncoding) Encoding = misc.SupportedEncoding;
        if (misc.UnionCase == Misc.UnionOneofCase.SwitchDisplay) OnGeometry(misc.SwitchDisplay);
    }

    internal void End()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var waiting in _shots.Values)
            {
                waiting.TrySetException(new IOException("the session has ended"));
            }
        }

        _arrived.Writer.TryWrite(true);
    }

    private void OnShape(CursorData data)
    {
        var fits = data.Width is > 0 and <= MostCursorSide && data.Height is > 0 and <= MostCursorSide;
        var size = data.Width * data.Height * 4;
        if (!fits || !Zstd.TryDecompress(data.Colors.Span, size, out var colors) || colors.Length != size) return;
        Cursor = new CursorShape(data.Id, data.Hotx, data.Hoty, data.Width, data.Height, colors);
        if (_cursors.Count < MostCursors) _cursors[data.Id] = Cursor;
    }

    private void OnGeometry(SwitchDisplay now)
    {
        lock (_gate)
        {
            if (now.Display < 0 || now.Display >= _displays.Length) return;
            var display = _displays[now.Display].Clone();
            (display.X, display.Y, display.Width, display.Height) = (now.X, now.Y, now.Width, now.Height);
            display.CursorEmbedded = now.CursorEmbedded;
            _displays = [.. _displays];
            _displays[now.Display] = display;
        }
    }

    private void Tell(Misc misc) => _session.Lanes.Post(new Message { Misc = misc });
}
