using System.Net;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting;

/// <summary>How asking for, or connecting to, a host ended.</summary>
public enum ConnectOutcome
{
    /// <summary>There is a channel.</summary>
    Connected,

    /// <summary>The server knows no such id.</summary>
    NoSuchId,

    /// <summary>The host is not online.</summary>
    Offline,

    /// <summary>The own key is not the server's.</summary>
    KeyMismatch,

    /// <summary>The server says that its licence is used up.</summary>
    KeyOveruse,

    /// <summary>The server refused with a text.</summary>
    Refused,

    /// <summary>The server did not answer, or not sensibly.</summary>
    NoAnswer,

    /// <summary>No path to the host could be opened.</summary>
    Unreachable,

    /// <summary>The host could not be verified, and clear is not allowed.</summary>
    NotVerified,
}

/// <summary>What the server answered to a caller.</summary>
/// <param name="Outcome"><see cref="ConnectOutcome.Connected"/> when there is something to connect to.</param>
/// <param name="Detail">A text for people when not.</param>
internal sealed record Introduced(ConnectOutcome Outcome, string Detail)
{
    /// <summary>The host's address; null when the host chose a relay.</summary>
    public IPEndPoint? Address { get; init; }

    public bool IsUdp { get; init; }

    public bool IsLocal { get; init; }

    public NatType NatType { get; init; }

    public string Relay { get; init; } = "";

    /// <summary>The ticket at the relay, when the host chose it.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>The host's IPv6 address, mangled; empty when it offers none.</summary>
    public ByteString AddressV6 { get; init; } = ByteString.Empty;

    /// <summary>The host's key under the server's signature, as received.</summary>
    public ByteString SignedKey { get; init; } = ByteString.Empty;

    /// <summary>The port that the question left from: direct connections must leave from it too.</summary>
    public IPEndPoint? Local { get; init; }

    /// <summary>How long the exchange took.</summary>
    public TimeSpan Took { get; init; }
}

/// <summary>The caller's questions to the server: punch (§6.4 "What A does") and the second phase (§6.6).</summary>
internal sealed class Introduction(PeerCallerOptions options)
{
    public async Task<Introduced> AskAsync(
        string id, int udpPort, ByteString addressV6, CancellationToken cancellation)
    {
        var relayOnly = options.Paths == Paths.Relay || options.RelayOnly;
        var question = new PunchHoleRequest
        {
            Id = id,
            NatType = relayOnly ? NatType.Symmetric : options.NatType,
            LicenceKey = options.Key,
            ConnType = options.ConnType,
            Token = options.Token,
            Version = options.Version,
            UdpPort = udpPort,
            SocketAddrV6 = addressV6,
            ForceRelay = relayOnly,
            SwitchCode = options.SwitchCode,
        };
        await using var connection = await ConnectAsync(cancellation);
        var start = options.Time.GetTimestamp();
        foreach (var patience in options.Timings.Ask)
        {
            await connection.SendAsync(new RendezvousMessage { PunchHoleRequest = question }, cancellation);
            using var limit = new Deadline(patience, options.Time, cancellation);
            try
            {
                var answer = await connection.ReceiveAsync(limit.Token);
                if (answer is null) return new Introduced(ConnectOutcome.NoAnswer, "the server closed the connection");
                return Read(answer) with { Local = connection.Local, Took = options.Time.GetElapsedTime(start) };
            }
            catch (OperationCanceledException) when (limit.Expired)
            {
                // The push may have been lost: the same question once more on the same connection.
            }
        }

        return new Introduced(ConnectOutcome.NoAnswer, "the host did not answer the server in time");
    }

    /// <summary>Phase two: the caller names relay and ticket, the host is told.</summary>
    public async Task<Introduced> AskForRelayAsync(string id, string relay, bool secure, CancellationToken cancellation)
    {
        for (var i = 0; i < options.Timings.RelayTries; i++)
        {
            var ticket = Guid.NewGuid().ToString();
            await using var connection = await ConnectAsync(cancellation);
            var request = new RequestRelay
            {
                Id = id,
                Uuid = ticket,
                RelayServer = relay,
                Secure = secure,
                Token = options.Token,
                SwitchCode = options.SwitchCode,
            };
            await connection.SendAsync(new RendezvousMessage { RequestRelay = request }, cancellation);
            using var limit = new Deadline(options.Timings.Answer, options.Time, cancellation);
            try
            {
                var message = await connection.ReceiveAsync(limit.Token);
                if (message?.RelayResponse is not { } answer) continue;
                return answer.RefuseReason.Length > 0
                    ? new Introduced(ConnectOutcome.Refused, answer.RefuseReason)
                    : new Introduced(ConnectOutcome.Connected, "") { Relay = relay, Ticket = ticket };
            }
            catch (OperationCanceledException) when (limit.Expired)
            {
                // A new connection with a new ticket.
            }
        }

        return new Introduced(ConnectOutcome.NoAnswer, "the host did not answer the request for a relay");
    }

    private async Task<RendezvousConnection> ConnectAsync(CancellationToken cancellation)
    {
        var connection = await RendezvousConnection.ConnectAsync(options, cancellation);
        var mandatory = options.Transport != ServerTransport.WebSocket && options.Key.Length > 0
            && (options.Token.Length > 0 || options.SwitchCode.Length > 0);
        if (!mandatory) return connection;
        using var limit = new Deadline(options.Timings.Answer, options.Time, cancellation);
        try
        {
            // Tokens and switch codes are credentials: they never cross the wire in clear.
            await connection.SecureAsync(options.ServerKeyBytes, limit.Token);
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (e is OperationCanceledException && limit.Expired)
            {
                throw new IOException("the server offers no secured connection", e);
            }

            throw;
        }
    }

    private static Introduced Read(RendezvousMessage message)
    {
        if (message.RelayResponse is { } relay)
        {
            if (relay.RefuseReason.Length > 0) return new Introduced(ConnectOutcome.Refused, relay.RefuseReason);
            return new Introduced(ConnectOutcome.Connected, "")
            {
                Relay = relay.RelayServer,
                Ticket = relay.Uuid,
                AddressV6 = relay.SocketAddrV6,
                SignedKey = relay.UnionCase == RelayResponse.UnionOneofCase.Pk ? relay.Pk : ByteString.Empty,
            };
        }

        if (message.PunchHoleResponse is not { } punch)
        {
            return new Introduced(ConnectOutcome.NoAnswer, $"unexpected answer: {message.UnionCase}");
        }

        if (punch.SocketAddr.IsEmpty) return Failure(punch);
        return new Introduced(ConnectOutcome.Connected, "")
        {
            Address = MangledAddress.Decode(punch.SocketAddr.Span).ToIPEndPoint(),
            IsUdp = punch.IsUdp,
            IsLocal = punch.UnionCase == PunchHoleResponse.UnionOneofCase.IsLocal && punch.IsLocal,
            NatType = punch.UnionCase == PunchHoleResponse.UnionOneofCase.NatType ? punch.NatType : NatType.UnknownNat,
            Relay = punch.RelayServer,
            SignedKey = punch.Pk,
            AddressV6 = punch.SocketAddrV6,
        };
    }

    private static Introduced Failure(PunchHoleResponse punch)
    {
        if (punch.OtherFailure.Length > 0) return new Introduced(ConnectOutcome.Refused, punch.OtherFailure);
        return punch.Failure switch
        {
            PunchHoleResponse.Types.Failure.IdNotExist =>
                new Introduced(ConnectOutcome.NoSuchId, "the id does not exist"),
            PunchHoleResponse.Types.Failure.Offline => new Introduced(ConnectOutcome.Offline, "the host is offline"),
            PunchHoleResponse.Types.Failure.LicenseMismatch =>
                new Introduced(ConnectOutcome.KeyMismatch, "the key is not the server's"),
            PunchHoleResponse.Types.Failure.LicenseOveruse =>
                new Introduced(ConnectOutcome.KeyOveruse, "the server's licence is used up"),
            _ => new Introduced(ConnectOutcome.NoAnswer, $"unknown failure {(int)punch.Failure}"),
        };
    }
}
