using Hawser.Session.Connecting.Load;
using Spectre.Console;

namespace Hawser.Server.Commands.Load;

/// <summary>The live table of <c>hawser load</c>, and the same at the end.</summary>
internal sealed class LoadScreen
{
    private LoadReport? _last;

    /// <summary>Shows the table each second until the run has ended.</summary>
    public async Task ShowAsync(LoadEngine engine, Task run, TimeProvider time)
    {
        await AnsiConsole.Live(new Table()).StartAsync(async live =>
        {
            while (!run.IsCompleted)
            {
                live.UpdateTarget(Draw(engine.Snapshot()));
                await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(1), time));
            }
        });
    }

    /// <summary>The table of one report; rates are those since the last one.</summary>
    public Table Draw(LoadReport now)
    {
        var before = _last;
        _last = now;
        var seconds = Math.Max(0.001, now.Seconds - (before?.Seconds ?? 0));
        var table = new Table().Title($"hawser load, {now.Seconds:F0} s");
        table.AddColumns("", "now", "total", "p50 ms", "p99 ms");
        var r = now.Registrations;
        table.AddRow("peers registered", $"{r.Registered}", $"of {r.Peers}", "", "");
        table.AddRow("registrations answered", Rate(r.Answered, before?.Registrations.Answered, seconds),
            $"{r.Answered} of {r.Sent}", $"{r.P50:F2}", $"{r.P99:F2}");
        table.AddRow("keys taken", Rate(r.KeysAccepted, before?.Registrations.KeysAccepted, seconds),
            $"{r.KeysAccepted}, asked {r.KeysAsked} times", "", "");
        var i = now.Introductions;
        table.AddRow("introductions", Rate(i.Answered, before?.Introductions.Answered, seconds),
            $"{i.Answered} of {i.Asked}", $"{i.P50:F2}", $"{i.P99:F2}");
        foreach (var (reason, count) in i.Failed)
        {
            table.AddRow(Markup.Escape("  failed: " + reason), "", $"{count}", "", "");
        }

        if (i.Repeated > 0) table.AddRow("  asked again after 3 s", "", $"{i.Repeated}", "", "");
        if (i.Skipped > 0) table.AddRow("  not asked, too many open", "", $"{i.Skipped}", "", "");
        var relay = now.Relays;
        var megabytes = (relay.Bytes - (before?.Relays.Bytes ?? 0)) / seconds / 1e6;
        table.AddRow("pairs relaying", $"{relay.Up}", $"of {relay.Pairs}", "", "");
        table.AddRow("relayed frames", $"{megabytes:F1} MB/s", $"{relay.Frames}", $"{relay.P50:F2}", $"{relay.P99:F2}");
        if (relay.Corrupt > 0) table.AddRow("[red]corrupt frames[/]", "", $"{relay.Corrupt}", "", "");
        foreach (var (kind, count) in now.Errors)
        {
            table.AddRow(Markup.Escape("error: " + kind), "", $"{count}", "", "");
        }

        return table;
    }

    private static string Rate(long now, long? before, double seconds) => $"{(now - (before ?? 0)) / seconds:F0}/s";
}
