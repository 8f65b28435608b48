using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>Single questions to an ID server, each on a connection of its own.</summary>
public static class ServerQuestions
{
    /// <summary>Asks which ids are online (§6.9).</summary>
    /// <param name="options">The server.</param>
    /// <param name="self">The asker's id.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>One answer an id, in order; ids beyond a short reply count as offline.</returns>
    /// <exception cref="IOException">No answer.</exception>
    public static async Task<bool[]> AreOnlineAsync(
        PeerOptions options, string self, IReadOnlyList<string> ids, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var question = new OnlineRequest { Id = self, Peers = { ids } };
        var answer = await AskAsync(
            options, -1, new RendezvousMessage { OnlineRequest = question }, m => m.OnlineResponse, cancellation);
        var states = answer.States.Span;
        var online = new bool[ids.Count];
        for (var i = 0; i < online.Length; i++)
        {
            online[i] = i / 8 < states.Length && (states[i / 8] & (0x80 >> (i % 8))) != 0;
        }

        return online;
    }

    /// <summary>Asks for another id for this machine (§6.12).</summary>
    /// <param name="options">The server.</param>
    /// <param name="self">Who the machine is now.</param>
    /// <param name="newId">The wanted id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The server's verdict.</returns>
    /// <exception cref="IOException">No answer.</exception>
    public static async Task<RegisterPkResponse.Types.Result> ChangeIdAsync(
        PeerOptions options, PeerIdentity self, string newId, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(self);
        var question = new RegisterPk { Id = newId, OldId = self.Id, Uuid = ByteString.CopyFrom(self.Uuid.Span) };
        var answer = await AskAsync(
            options, 0, new RendezvousMessage { RegisterPk = question }, m => m.RegisterPkResponse, cancellation);
        return answer.Result;
    }

    private static async Task<T> AskAsync<T>(
        PeerOptions options, int offset, RendezvousMessage question, Func<RendezvousMessage, T?> answer,
        CancellationToken cancellation) where T : class
    {
        await using var connection = await RendezvousConnection.ConnectAsync(options, offset, cancellation);
        using var limit = new Deadline(options.Timings.Answer, options.Time, cancellation);
        try
        {
            await connection.SendAsync(question, limit.Token);
            while (await connection.ReceiveAsync(limit.Token) is { } message)
            {
                if (answer(message) is { } wanted) return wanted;
            }
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException($"{options.Server.Offset(offset)} does not answer", e);
        }

        throw new IOException($"{options.Server.Offset(offset)} closed without an answer");
    }
}
