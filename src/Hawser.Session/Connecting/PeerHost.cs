using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>A session that a host has accepted; the taker owns the channel.</summary>
/// <param name="Channel">The channel after its handshake.</param>
/// <param name="How">How the caller came.</param>
public readonly record struct AcceptedSession(SecureChannel Channel, ReachedBy How)
{
    /// <summary>The caller's address as the server saw it.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>What the server imposed for this connection: two bits a permission; 0 leaves all to the host.</summary>
    public ulong Permissions { get; init; }

    /// <summary>The server's name for this connection in its records; empty when it gave none.</summary>
    public string AuditReference { get; init; } = "";

    internal AcceptedSession With(RendezvousMessage push)
    {
        var (caller, permissions, context) = push.UnionCase switch
        {
            RendezvousMessage.UnionOneofCase.PunchHole => (push.PunchHole.SocketAddr,
                push.PunchHole.ControlPermissions, push.PunchHole.ControlledContext),
            RendezvousMessage.UnionOneofCase.FetchLocalAddr => (push.FetchLocalAddr.SocketAddr,
                push.FetchLocalAddr.ControlPermissions, push.FetchLocalAddr.ControlledContext),
            _ => (push.RequestRelay.SocketAddr, push.RequestRelay.ControlPermissions,
                push.RequestRelay.ControlledContext),
        };
        return this with
        {
            Remote = MangledAddress.Decode(caller.Span).ToIPEndPoint().Address,
            Permissions = permissions?.Permissions ?? 0,
            AuditReference = context?.ConnAuditRef ?? "",
        };
    }
}

/// <summary>
/// A host as the ID server and callers see it: it registers, keeps registered, answers what the server pushes, and
/// accepts sessions. No screen, no input: what happens on a session is its user's matter.
/// </summary>
public sealed class PeerHost : IAsyncDisposable
{
    private const int WaitingSessions = 64;
    private const int ParallelPushes = 64;

    private readonly PeerHostOptions _options;
    private readonly PushAnswers _answers;
    private readonly Registration _registration;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _working = [];
    private readonly Channel<AcceptedSession> _sessions =
        System.Threading.Channels.Channel.CreateBounded<AcceptedSession>(WaitingSessions);
    private long _failed;

    private PeerHost(PeerHostOptions options)
    {
        _options = options;
        _answers = new PushAnswers(options);
        _registration = Registration.Create(options, OnPush);
    }

    /// <summary>Whether the server confirmed the id and was heard from lately.</summary>
    public bool IsRegistered => _registration.IsRegistered;

    /// <summary>The server's last verdict on the key.</summary>
    public RegisterPkResponse.Types.Result? LastResult => _registration.LastResult;

    /// <summary>Introductions that led to no session.</summary>
    public long FailedIntroductions => Interlocked.Read(ref _failed);

    /// <summary>Why the last introduction led to no session; for diagnosis.</summary>
    public string LastFailure { get; private set; } = "";

    /// <summary>Starts to register; does not wait for the server.</summary>
    /// <param name="options">Who and where.</param>
    /// <returns>The running host.</returns>
    public static PeerHost Start(PeerHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var host = new PeerHost(options);
        host._registration.Start();
        return host;
    }

    /// <summary>Starts and waits until the server has confirmed the registration.</summary>
    /// <param name="options">Who and where.</param>
    /// <param name="cancellation">Gives up, and stops the host.</param>
    /// <returns>The registered host.</returns>
    public static async Task<PeerHost> StartAsync(PeerHostOptions options, CancellationToken cancellation = default)
    {
        var host = Start(options);
        try
        {
            await host._registration.FirstConfirmation.WaitAsync(cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the next session.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The session; the taker owns its channel.</returns>
    public ValueTask<AcceptedSession> AcceptAsync(CancellationToken cancellation = default) =>
        _sessions.Reader.ReadAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _registration.DisposeAsync();
        Task[] working;
        lock (_gate) working = [.. _working];
        await Task.WhenAll(working);
        _sessions.Writer.TryComplete();
        while (_sessions.Reader.TryRead(out var session)) await session.Channel.DisposeAsync();
        _stop.Dispose();
    }

    private void OnPush(RendezvousMessage push)
    {
        lock (_gate)
        {
            if (_working.Count >= ParallelPushes || _stop.IsCancellationRequested) return;
            var work = Task.Run(() => WorkAsync(push));
            _working.Add(work);
            _ = work.ContinueWith(
                t =>
                {
                    lock (_gate) _working.Remove(t);
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task WorkAsync(RendezvousMessage push)
    {
        var theirs = AddressV6(push);
        // Beside the way that the server asks for, as in the field: whichever the caller drops just ends.
        using var meeting = _options.AllowIPv6 && !theirs.IsEmpty ? IPv6Meeting.TryOpen(_options) : null;
        var offered = meeting?.Address ?? ByteString.Empty;
        var asked = ServeAsync(push, () => _answers.AnswerAsync(push, offered, _stop.Token));
        if (meeting is not null)
        {
            await ServeAsync(push, () => meeting.MeetAsync(theirs, dials: false, _stop.Token));
        }

        await asked;
    }

    private static ByteString AddressV6(RendezvousMessage push) => push.UnionCase switch
    {
        RendezvousMessage.UnionOneofCase.PunchHole => push.PunchHole.SocketAddrV6,
        RendezvousMessage.UnionOneofCase.FetchLocalAddr => push.FetchLocalAddr.SocketAddrV6,
        _ => ByteString.Empty,
    };

    private async Task ServeAsync(RendezvousMessage push, Func<Task<OpenedPath?>> open)
    {
        try
        {
            if (await open() is not { } path) return;
            var handshake = new HandshakeOptions
            {
                AllowClear = _options.AllowClear,
                Limit = _options.Timings.Answer,
                Time = _options.Time,
            };
            var result = await SecureChannel.AcceptAsync(path.Wire, _options.Identity, path.Secure, handshake,
                _stop.Token);
            if (result.Outcome is HandshakeOutcome.Clear or HandshakeOutcome.OtherEndWantsClear)
            {
                _registration.ForgetKey();
            }

            if (result.Channel is null)
            {
                Fail($"handshake: {result.Outcome}");
                return;
            }

            if (!_sessions.Writer.TryWrite(new AcceptedSession(result.Channel, path.How).With(push)))
            {
                await result.Channel.DisposeAsync();
            }
        }
        catch (Exception e) when (
            e is IOException or SocketException or ProtocolViolation or OperationCanceledException)
        {
            Fail(e.Message);
        }
    }

    private void Fail(string why)
    {
        Interlocked.Increment(ref _failed);
        LastFailure = why;
    }
}
