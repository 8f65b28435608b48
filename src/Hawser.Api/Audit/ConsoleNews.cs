using Hawser.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Audit;

/// <summary>
/// Tells consoles that are open of what was done in another: everything that is done there is written down, so what is
/// written down is told. After the answer, when what was changed is stored; of a change that failed too, which costs
/// one reading.
/// </summary>
internal static class ConsoleNews
{
    private const int MostTargets = 20;

    public static void Tell(HttpContext context, ConsoleOperation operation, IReadOnlyList<string> targets)
    {
        if (KindOf(operation) is not { } kind) return;
        if (context.RequestServices?.GetService<ApiParts>() is not { } parts) return;
        // Devices are told by their ids, because not everybody may know of all.
        var ids = kind == "device" ? targets.Take(MostTargets).ToArray() : ["*"];
        context.Response.OnCompleted(() =>
        {
            foreach (var id in ids) parts.Feed.Publish(new LiveEvent(kind, id));
            return Task.CompletedTask;
        });
    }

    // Recordings, alarms and jobs have events of their own; what is only looked at is no news.
    private static string? KindOf(ConsoleOperation operation) => operation switch
    {
        ConsoleOperation.Login or ConsoleOperation.ReadBook or ConsoleOperation.TestDirectory
            or ConsoleOperation.TestChannel or ConsoleOperation.DownloadBackup or ConsoleOperation.Disconnect => null,
        _ => ConsoleLog.AreaOf(operation) switch
        {
            ConsoleArea.Group => "group",
            ConsoleArea.User => "user",
            ConsoleArea.Device => "device",
            ConsoleArea.Book => "book",
            ConsoleArea.Strategy => "strategy",
            ConsoleArea.Access => "rule",
            ConsoleArea.Token or ConsoleArea.Setting => "setting",
            _ => null,
        },
    };
}
