using Hawser.Agent.Linux;
using Hawser.Agent.Linux.Fuse;
using Hawser.Agent.Linux.X11;
using Hawser.Session.Desktop;
using Hawser.Session.Video;

namespace Hawser.Agent.Serving;

/// <summary>The desktop that an agent shows.</summary>
internal static class DeskChoice
{
    private static readonly TimeSpan CardPeriod = TimeSpan.FromMilliseconds(33);

    /// <summary>The desk; null when there is to be none, or nothing to show it with.</summary>
    public static Desk? Open(AgentState state, AgentFolder folder, AgentLog log, TimeProvider time)
    {
        var config = state.Config;
        if (config.Display == "none" || !OperatingSystem.IsLinux()) return null;
        if (!VideoCodecs.AreThere)
        {
            log.Say($"no desktop: {VideoCodecs.Missing}");
            return null;
        }

        if (config.Display == "test-card") return new MovingCard(time);
        // Xlib reads it from the environment of the process, which .NET keeps a copy of.
        if (config.Authority.Length > 0) _ = Libc.setenv("XAUTHORITY", config.Authority, 1);
        var root = FuseMount.IsRoot ? $"/run/hawser-agent/{state.Identity.Id}" : Path.Combine(folder.Location, "paste");
        X11Desk? found = null;
        var place = new PastePlace(root, () => OwnerOf(config, found));
        if (place.Trouble.Length > 0) log.Say($"files that controllers copy can't be pasted here: {place.Trouble}");
        var desk = found = new X11Desk(config.Display.Length > 0 ? config.Display : null, time, place);
        if (desk.Displays.Count == 0) log.Say($"no desktop yet: {desk.Trouble}");
        return desk;
    }

    /// <summary>Whoever sits at the desk and can be asked; null when nobody can.</summary>
    public static Somebody? Ask(AgentConfig config, Desk? desk, AgentLog log, TimeProvider time)
    {
        if (desk is not X11Desk x || config.Dialog == "none") return null;
        var dialog = Dialog.Find(config.Dialog, () => new DialogPlace(x.Name, config.Authority, OwnerOf(config, x)));
        if (dialog is not null) return new Somebody(dialog, log, time);
        log.Say($"nobody at the desktop is asked who may come in or call: that needs {Dialog.Missing}");
        return null;
    }

    // Whose desktop it is: whoever has the key to it, or else whoever made its socket.
    private static uint OwnerOf(AgentConfig config, X11Desk? desk)
    {
        var key = config.Authority.Length > 0 ? MountCalls.OwnerOf(config.Authority) : null;
        var number = (desk?.Name ?? config.Display).TrimStart(':').Split('.')[0];
        return key ?? MountCalls.OwnerOf($"/tmp/.X11-unix/X{number}") ?? Libc.geteuid();
    }

    private sealed class MovingCard : TestCard
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _moving;

        public MovingCard(TimeProvider time)
            : base(1280, 720) => _moving = MoveAsync(time);

        public override async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _moving;
            _stop.Dispose();
            await base.DisposeAsync();
        }

        private async Task MoveAsync(TimeProvider time)
        {
            using var timer = new PeriodicTimer(CardPeriod, time);
            try
            {
                while (await timer.WaitForNextTickAsync(_stop.Token)) Advance();
            }
            catch (OperationCanceledException)
            {
                // Over.
            }
        }
    }
}
