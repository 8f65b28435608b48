using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Probing;

/// <summary>The checks of the ID server's ports.</summary>
public sealed partial class ServerProbe
{
    // Ids that nobody has: they are too long for a client to choose and too strange to be typed.
    private const string Nobody = "hawser-doctor-asks-for-nobody";

    private async Task<Finding> RegistrationAsync(CancellationToken cancellation)
    {
        // The id of the original's self test: every server answers it, none stores it.
        var question = new RegisterPeer { Id = PeerId.SelfTest };
        var start = _options.Time.GetTimestamp();
        var answer = await AskUdpAsync(new RendezvousMessage { RegisterPeer = question }, cancellation);
        var took = _options.Time.GetElapsedTime(start);
        if (answer.RegisterPeerResponse is not { } response)
        {
            return new Finding(ProbeVerdict.Failed, $"unexpected answer: {answer.UnionCase}", took,
                "Is this an ID server?");
        }

        return response.RequestPk
            ? new Finding(ProbeVerdict.Ok, "answers registrations", took)
            : new Finding(ProbeVerdict.Ok, "answers registrations, but believes to know the test id", took);
    }

    private async Task<Finding> UdpNatTestAsync(CancellationToken cancellation)
    {
        using var socket = UdpPunch.Open(_options.Address.AddressFamily, null);
        var server = new IPEndPoint(_options.Address, _options.RendezvousPort);
        var start = _options.Time.GetTimestamp();
        var port = await NatTest.RunUdpAsync(socket, server, _options.Time, _options.Limit / 2, cancellation);
        var took = _options.Time.GetElapsedTime(start);
        return port == 0
            ? new Finding(ProbeVerdict.NotOffered, "not offered by this server: no UDP hole punching", default)
            : new Finding(ProbeVerdict.Ok, $"seen from port {port}; hole punching by UDP is possible", took);
    }

    private async Task<Finding> TcpNatTestAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        await using var connection = await RendezvousConnection.ConnectAsync(_tcp, cancellation);
        var connected = _options.Time.GetElapsedTime(start);
        await connection.SendAsync(new RendezvousMessage { TestNatRequest = new TestNatRequest() }, cancellation);
        while (await connection.ReceiveAsync(cancellation) is { } message)
        {
            if (message.TestNatResponse is { } answer)
            {
                return new Finding(ProbeVerdict.Ok, $"seen from port {answer.Port}", connected);
            }

        }

        return new Finding(ProbeVerdict.Failed, "closed without an answer", connected, "Is this an ID server?");
    }

    private async Task<Finding> SecondNatTestAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        var ports = await NatTest.RunAsync(_tcp, cancellation);
        var took = _options.Time.GetElapsedTime(start);
        return ports.Type switch
        {
            NatType.Asymmetric => new Finding(
                ProbeVerdict.Ok, $"port {ports.MainPort} on both: direct connections are possible from here", took),
            NatType.Symmetric => new Finding(
                ProbeVerdict.Ok,
                $"ports {ports.MainPort} and {ports.SecondPort}: the NAT here is symmetric, relays are used",
                took),
            _ => new Finding(ProbeVerdict.Failed, "the server names no port", took),
        };
    }

    private async Task<Finding> OnlineQueryAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        var online = await ServerQuestions.AreOnlineAsync(_tcp, Nobody, [Nobody], cancellation);
        var took = _options.Time.GetElapsedTime(start);
        return online[0]
            ? new Finding(ProbeVerdict.Failed, "claims that an id that nobody has is online", took)
            : new Finding(ProbeVerdict.Ok, "answers", took);
    }

    // Asks for an id that nobody has: the key is checked before the id, so the failure tells whether the key is right.
    private async Task<Finding> KeyAsync(CancellationToken cancellation)
    {
        var caller = new PeerCallerOptions
        {
            Server = _tcp.Server,
            Key = _options.Key,
            Timings = _tcp.Timings with { Ask = [_options.Limit] },
            Time = _options.Time,
        };
        var start = _options.Time.GetTimestamp();
        var introduced = await new Introduction(caller).AskAsync(Nobody, 0, ByteString.Empty, cancellation);
        var took = _options.Time.GetElapsedTime(start);
        var given = _options.Key.Length > 0;
        return introduced.Outcome switch
        {
            ConnectOutcome.NoSuchId or ConnectOutcome.Offline => given
                ? new Finding(ProbeVerdict.Ok, $"accepted; fingerprint {Fingerprint(_tcp.ServerKeyBytes)}", took)
                : new Finding(ProbeVerdict.Ok, "none is required: anybody may call", took),
            ConnectOutcome.KeyMismatch => given
                ? new Finding(ProbeVerdict.Failed, "not accepted", took,
                    "Compare with id_ed25519.pub in the server's data folder.")
                : new Finding(ProbeVerdict.Skipped, "the server requires one", took,
                    "Give it with --key for more checks."),
            ConnectOutcome.Refused => new Finding(ProbeVerdict.Ok, $"the server says: {introduced.Detail}", took),
            _ => new Finding(ProbeVerdict.Failed, introduced.Detail, took),
        };
    }

    private async Task<Finding> KeyExchangeAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        using var socket = await Dialer.ConnectAsync(_tcp.Server, null, cancellation);
        await using var wire = Dialer.ToWire(socket);
        using var patience = new Deadline(_options.Limit / 3, _options.Time, cancellation);
        const string Hint = "Clients that are logged in to an API server can't connect through this server.";
        try
        {
            if (await wire.ReceiveAsync(patience.Token) is not { } payload)
            {
                return new Finding(ProbeVerdict.NotOffered, "not offered by this server", default, Hint);
            }

            var took = _options.Time.GetElapsedTime(start);
            var offer = WireMessages.ReadRendezvous(payload.Span).KeyExchange;
            if (offer is null) return new Finding(ProbeVerdict.Failed, "speaks first, but offers no key", took);
            var why = _options.Key.Length == 0 ? "without --key" : "because the given key is no public key";
            if (_tcp.ServerKeyBytes.Length == 0)
            {
                return new Finding(ProbeVerdict.Ok, $"offered; not verified {why}", took);
            }

            return Verify(offer, took);
        }
        catch (OperationCanceledException) when (patience.Expired)
        {
            return new Finding(ProbeVerdict.NotOffered, "not offered by this server", default, Hint);
        }
    }

    private Finding Verify(KeyExchange offer, TimeSpan took)
    {
        try
        {
            new KeyAgreement().Answer(offer, _tcp.ServerKeyBytes, out _);
            return new Finding(ProbeVerdict.Ok, "offered, and signed with this key", took);
        }
        catch (ProtocolViolation e)
        {
            const string hint = "Either the key is wrong, or somebody stands between you and your server.";
            return new Finding(ProbeVerdict.Failed, e.Message, took, hint);
        }
    }

    private async Task<Finding> WebSocketIdAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        await using (await RendezvousConnection.ConnectAsync(_webSocket, cancellation))
        {
            // The upgrade alone tells that it is one.
        }

        var took = _options.Time.GetElapsedTime(start);
        try
        {
            await ServerQuestions.AreOnlineAsync(_webSocket, Nobody, [Nobody], cancellation);
            return new Finding(ProbeVerdict.Ok, "answers", took);
        }
        catch (IOException)
        {
            return new Finding(ProbeVerdict.Ok,
                "answers; online queries by WebSocket are not offered by this server", took);
        }
    }

    private async Task<RendezvousMessage> AskUdpAsync(RendezvousMessage question, CancellationToken cancellation)
    {
        using var socket = UdpPunch.Open(_options.Address.AddressFamily, null);
        var server = new IPEndPoint(_options.Address, _options.RendezvousPort);
        await socket.ConnectAsync(server, cancellation);
        var buffer = new byte[2048];
        while (true)
        {
            await socket.SendAsync(question.ToByteArray(), SocketFlags.None, cancellation);
            using var once = new Deadline(TimeSpan.FromSeconds(1), _options.Time, cancellation);
            try
            {
                var count = await socket.ReceiveAsync(buffer, SocketFlags.None, once.Token);
                return WireMessages.ReadRendezvous(buffer.AsSpan(0, count));
            }
            catch (OperationCanceledException) when (once.Expired)
            {
                // A lost datagram: once more.
            }
        }
    }

    private static string Fingerprint(byte[] key) => key.Length == 0 ? "unknown (the key is a text)"
        : string.Join(' ', Convert.ToHexStringLower(key).Chunk(4).Select(c => new string(c)));
}
