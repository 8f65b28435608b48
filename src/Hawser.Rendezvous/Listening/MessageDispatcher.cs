using System.Text;
using Hawser.Protocol;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Console;
using Hawser.Rendezvous.Introducing;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Listening;

/// <summary>What a dispatcher hands messages to.</summary>
internal sealed record DispatcherParts(
    LiveSettings Settings,
    PunchBroker Broker,
    LongConnections Long,
    OnlineQueries Online,
    TunnelDesk Tunnel,
    SourceBudgets Budgets,
    ClientConfiguration Configuration,
    TextConsole Console);

/// <summary>Decides what a message on TCP or WebSocket is for (§1.1), and who may send it through which door.</summary>
/// <param name="parts">Where messages go.</param>
internal sealed class MessageDispatcher(DispatcherParts parts)
{
    /// <summary>Handles one message.</summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="message">The message.</param>
    /// <returns>False when the conversation is over.</returns>
    /// <exception cref="ProtocolViolation">Nobody may send this here.</exception>
    public ValueTask<bool> HandleAsync(ClientConnection client, RendezvousMessage message)
    {
        switch (message.UnionCase)
        {
            case RendezvousMessage.UnionOneofCase.TestNatRequest:
                return ValueTask.FromResult(TestNat(client, message.TestNatRequest));
            case RendezvousMessage.UnionOneofCase.OnlineRequest:
                return ValueTask.FromResult(parts.Online.Answer(client, message.OnlineRequest));
            case var _ when client.Door == Door.Side:
                throw new ProtocolViolation("only NAT tests and online queries on this port");
            case RendezvousMessage.UnionOneofCase.PunchHoleRequest:
                return Then(parts.Broker.IntroduceAsync(client, message.PunchHoleRequest));
            case RendezvousMessage.UnionOneofCase.RequestRelay:
                return Then(parts.Broker.RequestRelayAsync(client, message.RequestRelay));
            case RendezvousMessage.UnionOneofCase.RegisterPk:
                return parts.Long.RegisterAsync(client, message.RegisterPk);
            case RendezvousMessage.UnionOneofCase.Hc:
                return parts.Long.CheckHealthAsync(client, message.Hc);
            case RendezvousMessage.UnionOneofCase.HttpProxyRequest:
                return Then(parts.Tunnel.HandleAsync(client, message.HttpProxyRequest));
            default:
                return ValueTask.FromResult(TakeAnswer(client, message));
        }
    }

    /// <summary>A connection has ended: nothing may point to it any more.</summary>
    /// <param name="client">The connection.</param>
    public void Ended(ClientConnection client)
    {
        parts.Broker.Forget(client);
        parts.Long.Ended(client);
    }

    /// <summary>Whether a connection on P-1 may speak plain text (§8): by option, and from this machine.</summary>
    /// <param name="remote">Its address.</param>
    /// <returns>True when it may.</returns>
    public bool IsTextAllowed(PeerAddress remote) => parts.Settings.Options.TextConsole && remote.IsLoopback;

    /// <summary>Answers a text command.</summary>
    /// <param name="bytes">What was received at first.</param>
    /// <returns>The answer; null when the bytes are no text.</returns>
    public byte[]? AnswerText(ReadOnlySpan<byte> bytes) =>
        TextConsole.TryReadCommand(bytes, out var command)
            ? Encoding.UTF8.GetBytes(parts.Console.Execute(command))
            : null;

    private static async ValueTask<bool> Then(ValueTask work)
    {
        await work;
        return true;
    }

    private bool TakeAnswer(ClientConnection client, RendezvousMessage message)
    {
        switch (message.UnionCase)
        {
            case RendezvousMessage.UnionOneofCase.PunchHoleSent:
                parts.Broker.Punched(client, message.PunchHoleSent);
                return false;
            case RendezvousMessage.UnionOneofCase.LocalAddr:
                parts.Broker.Local(client, message.LocalAddr);
                return false;
            case RendezvousMessage.UnionOneofCase.RelayResponse:
                parts.Broker.Relayed(client, message.RelayResponse);
                return false;
            default:
                // What a newer peer says on its long connection must not cost it its registration.
                if (client.Use != ConnectionUse.Transient) return true;
                throw new ProtocolViolation($"unexpected message {message.UnionCase}");
        }
    }

    private bool TestNat(ClientConnection client, TestNatRequest request)
    {
        if (!parts.Budgets.TryTake(client.Remote, BudgetKind.NatTest)) return false;
        client.TrySend(new RendezvousMessage
        {
            TestNatResponse = new TestNatResponse
            {
                Port = client.Remote.Port,
                Cu = client.Door == Door.Side ? null : parts.Configuration.NewerThan(request.Serial),
            },
        });
        return false;
    }
}
