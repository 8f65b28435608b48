using Hawser.Cluster.Announcing;
using Hawser.Protocol.Identity;

namespace Hawser.Server.Hosting;

/// <summary>Takes announcements of relays on other machines: <c>POST /cluster/relays</c>.</summary>
internal static partial class RelayJoin
{
    public static async Task HandleAsync(HawserNode node, HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress is { } ip ? PeerAddress.From(ip, context.Connection.RemotePort)
            : default;
        if (!node.JoinBudget.MayTry(remote))
        {
            await HttpEndpoints.WriteErrorAsync(context, 429, "too many announcements were refused");
            return;
        }

        var buffer = new byte[RelayAnnouncement.MaxBodyLength + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, false, context.RequestAborted);
        var verdict = RelayAnnouncement.TryRead(buffer.AsSpan(0, length), out var announcement)
            ? node.JoinVerifier!.Verify(announcement!) : AnnouncementVerdict.Malformed;
        if (verdict == AnnouncementVerdict.Accepted)
        {
            node.Roster.Announce(announcement!.ToStatus());
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (node.JoinBudget.Refused(remote)) Log.Refused(node.Log, remote, verdict);
        var (status, error) = verdict switch
        {
            AnnouncementVerdict.WrongSignature => (401, "the announcement is not signed with this server's join key"),
            AnnouncementVerdict.WrongTime => (401, "the announcement is too old or too new: compare the clocks"),
            AnnouncementVerdict.Replayed => (401, "the announcement was used before"),
            AnnouncementVerdict.Busy => (503, "too many announcements"),
            _ => (400, "this is not an announcement"),
        };
        await HttpEndpoints.WriteErrorAsync(context, status, error);
    }

    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Warning, "Relay announcement from {Remote} refused: {Verdict}")]
        public static partial void Refused(ILogger logger, PeerAddress remote, AnnouncementVerdict verdict);
    }
}

/// <summary>
/// How many refused attempts an address has a minute, so that a secret can't be guessed nor the log be filled.
/// </summary>
internal sealed class RefusalBudget(TimeProvider time)
{
    private const int PerMinute = 10;
    private const int MaxAddresses = 10_000;
    private readonly Dictionary<PeerAddress, int> _refused = [];
    private readonly Lock _gate = new();
    private long _minute = time.GetTimestamp();

    /// <summary>Whether an address may try again.</summary>
    public bool MayTry(PeerAddress address)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_minute) > TimeSpan.FromMinutes(1))
            {
                _refused.Clear();
                _minute = time.GetTimestamp();
            }

            return _refused.GetValueOrDefault(address.BudgetKey) < PerMinute && _refused.Count < MaxAddresses;
        }
    }

    /// <summary>Counts a refusal.</summary>
    /// <returns>Whether it is the first of this address in this minute, and so worth a line.</returns>
    public bool Refused(PeerAddress address)
    {
        lock (_gate)
        {
            var count = _refused.GetValueOrDefault(address.BudgetKey) + 1;
            _refused[address.BudgetKey] = count;
            return count == 1;
        }
    }
}
