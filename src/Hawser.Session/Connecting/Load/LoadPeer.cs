using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>One simulated peer: an id, a machine, a device key, and how it answers what the server pushes.</summary>
internal sealed class LoadPeer
{
    private const string Version = "1.4.9";
    private volatile bool _isRegistered;

    public LoadPeer(string id)
    {
        Id = id;
        // The same prefix gives the same machine and key, so that a second run is the same devices again.
        PublicKey = SHA256.HashData(Encoding.UTF8.GetBytes("hawser load key " + id));
        RegisterPeer = new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = id, Serial = 3 } };
        RegisterPk = new RendezvousMessage
        {
            RegisterPk = new RegisterPk
            {
                Id = id,
                Uuid = ByteString.CopyFromUtf8("hawser-load-" + id),
                Pk = ByteString.CopyFrom(PublicKey),
            },
        };
    }

    public string Id { get; }

    public byte[] PublicKey { get; }

    public RendezvousMessage RegisterPeer { get; }

    public RendezvousMessage RegisterPk { get; }

    public bool IsRegistered
    {
        get => _isRegistered;
        set => _isRegistered = value;
    }

    /// <summary>What a stock peer answers to a push, on a new connection; null for messages that need none.</summary>
    public RendezvousMessage? AnswerTo(RendezvousMessage push) => push.UnionCase switch
    {
        RendezvousMessage.UnionOneofCase.PunchHole => new RendezvousMessage
        {
            PunchHoleSent = new PunchHoleSent
            {
                SocketAddr = push.PunchHole.SocketAddr,
                Id = Id,
                RelayServer = push.PunchHole.RelayServer,
                NatType = NatType.Asymmetric,
                Version = Version,
            },
        },
        RendezvousMessage.UnionOneofCase.FetchLocalAddr => new RendezvousMessage
        {
            LocalAddr = new LocalAddr
            {
                SocketAddr = push.FetchLocalAddr.SocketAddr,
                LocalAddr_ = push.FetchLocalAddr.SocketAddr,
                RelayServer = push.FetchLocalAddr.RelayServer,
                Id = Id,
                Version = Version,
            },
        },
        RendezvousMessage.UnionOneofCase.RequestRelay => new RendezvousMessage
        {
            RelayResponse = new RelayResponse { SocketAddr = push.RequestRelay.SocketAddr, Version = Version },
        },
        _ => null,
    };
}
