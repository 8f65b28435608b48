using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Desktop;
using Hawser.Session.Video;

namespace Hawser.Session.Host;

/// <summary>Picture, pointer and keys of a session (§7 to §11).</summary>
public sealed partial class HostSession
{
    private VideoWatcher? _watcher;
    private DeskInput? _input;
    private int _current;

    /// <summary>The displays that its controller is shown.</summary>
    internal IReadOnlyCollection<int> ShownDisplays => _watcher?.Displays ?? [];

    private bool MayInput => Permissions.Keyboard
        && ViewerOptions.DisableKeyboard != OptionMessage.Types.BoolOption.Yes;

    private IReadOnlyList<DisplayInfo> Displays => Options.Desk?.Displays ?? Options.Displays();

    private void StartDesk(LoginRequest request)
    {
        if (_host.Show is not { } show) return;
        _channel.KeepShort();
        _watcher = new VideoWatcher(_lanes, request.VideoAckRequired, Time)
        {
            Measured = () => (_probe.Answers, _probe.Delay ?? TimeSpan.Zero, _probe.Overdue),
            Fail = End,
            MayControl = Permissions.Keyboard,
            Wishes = ViewerOptions.Clone(),
            Displays = [_current],
        };
        _probe.Kilobits = () => _watcher.Kilobits;
        if (request.Option is not null) show.Wished(_watcher, request.Option);
        show.Join(_watcher, Options.Settings().IsOn("enable-abr"));
        if (show.Desk.Input is { } device) _input = new DeskInput(device, Time);
    }

    private void EndDesk()
    {
        _input?.ReleaseAll();
        if (_watcher is not null) _host.Show?.Leave(_watcher);
    }

    // False when the message is about something else.
    private bool OnDeskMessage(Message message)
    {
        switch (message.UnionCase)
        {
            case Message.UnionOneofCase.MouseEvent:
                Stir();
                if (MayInput && _input?.OnMouse(message.MouseEvent) == true) _host.Show?.Moved(_watcher!);
                return true;
            case Message.UnionOneofCase.KeyEvent:
                Stir();
                if (MayInput) _input?.OnKey(message.KeyEvent);
                return true;
            case Message.UnionOneofCase.PointerDeviceEvent:
                Stir();
                return true;
            case Message.UnionOneofCase.ScreenshotRequest when _watcher is not null:
                _host.Show!.Shoot(_watcher, message.ScreenshotRequest);
                return true;
            case Message.UnionOneofCase.Misc when _watcher is not null:
                return OnDeskMisc(message.Misc, _watcher, _host.Show!);
            default:
                return false;
        }
    }

    private bool OnDeskMisc(Misc misc, VideoWatcher watcher, DeskShow show)
    {
        switch (misc.UnionCase)
        {
            case Misc.UnionOneofCase.VideoReceived:
                watcher.Acknowledge();
                return true;
            case Misc.UnionOneofCase.RefreshVideo:
                Stir();
                if (misc.RefreshVideo) show.Refresh(null);
                return true;
            case Misc.UnionOneofCase.RefreshVideoDisplay:
                Stir();
                show.Refresh(misc.RefreshVideoDisplay);
                return true;
            case Misc.UnionOneofCase.AutoAdjustFps:
                watcher.LegacyFps = (int)Math.Min(misc.AutoAdjustFps, 120);
                return true;
            case Misc.UnionOneofCase.SwitchDisplay:
                OnSwitch(misc.SwitchDisplay, watcher, show);
                return true;
            case Misc.UnionOneofCase.CaptureDisplays:
                OnCapture(misc.CaptureDisplays, watcher, show);
                return true;
            case Misc.UnionOneofCase.MessageQuery:
                Answer(misc.MessageQuery.SwitchDisplay);
                return true;
            case Misc.UnionOneofCase.ChangeResolution:
                OnResolution(_current, misc.ChangeResolution, show);
                return true;
            case Misc.UnionOneofCase.ChangeDisplayResolution:
                OnResolution(
                    misc.ChangeDisplayResolution.Display, misc.ChangeDisplayResolution.Resolution, show);
                return true;
            default:
                return false;
        }
    }

    // §8.4.
    private void OnSwitch(SwitchDisplay wish, VideoWatcher watcher, DeskShow show)
    {
        if (wish.Display < 0 || wish.Display >= Displays.Count) return;
        if (wish.Width != 0 && wish.Height != 0)
        {
            OnResolution(wish.Display, new Resolution { Width = wish.Width, Height = wish.Height }, show);
        }

        if (wish.Display == _current) return;
        _current = wish.Display;
        Answer(_current);
        var alone = _peerVersion < PeerVersion.ManyDisplays;
        show.Show(watcher, alone ? [_current] : [.. watcher.Displays.Append(_current).Distinct()]);
    }

    private void OnCapture(CaptureDisplays wish, VideoWatcher watcher, DeskShow show)
    {
        var count = Displays.Count;
        int[] Known(IEnumerable<int> list) => [.. list.Where(d => d >= 0 && d < count).Distinct()];
        var before = watcher.Displays;
        if (wish.Add.Count > 0) show.Show(watcher, [.. before.Union(Known(wish.Add))]);
        else if (wish.Sub.Count > 0)
        {
            // It narrows to what is listed (Q7).
            if (Known(wish.Sub) is { Length: > 0 } keep) show.Show(watcher, [.. before.Intersect(keep)]);
        }
        else if (wish.Set.Count == 0) show.Show(watcher, []);
        else if (Known(wish.Set) is { Length: > 0 } these) show.Show(watcher, these);
    }

    private void Answer(int display)
    {
        var displays = Displays;
        if (display < 0 || display >= displays.Count || Options.Desk is not { } desk) return;
        var geometry = VideoStream.Geometry(display, displays[display], desk);
        // Behind the pictures of before: an old controller takes all that come after it for the new display's.
        if (!_lanes.TryPost(SendLane.Video, geometry)) _lanes.Post(geometry);
    }

    private void OnResolution(int display, Resolution? size, DeskShow show)
    {
        if (!MayInput || size is null || display < 0 || display >= Displays.Count) return;
        _ = show.Desk.TryResize(display, size.Width, size.Height);
    }
}
