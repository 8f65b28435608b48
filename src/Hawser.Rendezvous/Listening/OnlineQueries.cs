using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Listening;

/// <summary>Answers who is online (§6.9).</summary>
/// <param name="settings">How many ids are looked up.</param>
/// <param name="registry">Knows.</param>
/// <param name="budgets">How often a source may ask.</param>
/// <param name="metrics">Counts.</param>
internal sealed class OnlineQueries(
    LiveSettings settings, PeerRegistry registry, SourceBudgets budgets, RendezvousMetrics metrics)
{
    /// <summary>Answers a query and keeps the connection for the next one.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">About whom.</param>
    /// <returns>False when it asks too often.</returns>
    public bool Answer(ClientConnection client, OnlineRequest request)
    {
        if (!budgets.TryTake(client.Remote, BudgetKind.OnlineQuery))
        {
            metrics.ConnectionClosed("online_budget");
            return false;
        }

        // Clients index the answer without looking at its length: it always has a bit for every id that was asked.
        var states = new byte[(request.Peers.Count + 7) / 8];
        var looked = Math.Min(request.Peers.Count, settings.Options.MaxOnlineIds);
        for (var i = 0; i < looked; i++)
        {
            if (registry.IsOnline(request.Peers[i])) states[i >> 3] |= (byte)(0x80 >> (i & 7));
        }

        client.TrySend(new RendezvousMessage
        {
            OnlineResponse = new OnlineResponse { States = UnsafeByteOperations.UnsafeWrap(states) },
        });
        return true;
    }
}
