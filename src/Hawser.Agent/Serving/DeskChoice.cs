using Hawser.Agent.Linux;
using Hawser.Agent.Linux.X11;
using Hawser.Session.Desktop;
using Hawser.Session.Video;

namespace Hawser.Agent.Serving;

/// <summary>The desktop that an agent shows.</summary>
internal static class DeskChoice
{
    private static readonly TimeSpan CardPeriod = TimeSpan.FromMilliseconds(33);

    /// <summary>The desk; null when there is to be none, or nothing to show it with.</summary>
    public static Desk? Open(AgentConfig config, AgentLog log, TimeProvider time)
    {
        if (config.Display == "none" || !OperatingSystem.IsLinux()) return null;
        if (!VideoCodecs.AreThere)
        {
            log.Say($"no desktop: {VideoCodecs.Missing}");
            return null;
        }

        if (config.Display == "test-card") return new MovingCard(time);
        // Xlib reads it from the environment of the process, which .NET keeps a copy of.
        if (config.Authority.Length > 0) _ = Libc.setenv("XAUTHORITY", config.Authority, 1);
        var desk = new X11Desk(config.Display.Length > 0 ? config.Display : null, time);
        if (desk.Displays.Count == 0) log.Say($"no desktop yet: {desk.Trouble}");
        return desk;
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
