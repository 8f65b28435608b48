using System.Net.Sockets;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>Callers: introductions at a rate, each checked to the signature of the target's key.</summary>
internal sealed class LoadCalls(LoadContext load, IReadOnlyList<LoadPeer> targets)
{
    // How long stock clients wait for an answer before they ask again, and at last give up (§6.4).
    private static readonly TimeSpan[] Patience =
        [TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(9)];
    private readonly byte[]? _serverKey = ReadKey(load.Options.Key);
    private int _open;

    public async Task RunAsync(CancellationToken ct)
    {
        if (targets.Count == 0) return;
        var start = load.Time.GetTimestamp();
        for (var turn = 1L; !ct.IsCancellationRequested; turn++)
        {
            var wait = TimeSpan.FromSeconds(turn / load.Options.CallsPerSecond) - load.Time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, load.Time, ct);
            var target = targets[Random.Shared.Next(targets.Count)];
            if (!target.IsRegistered) continue;
            if (Volatile.Read(ref _open) >= load.Options.MaxOpenCalls)
            {
                load.Counters.Skipped();
                continue;
            }

            Interlocked.Increment(ref _open);
            load.Track(CallAsync(target, ct));
        }
    }

    private static byte[]? ReadKey(string text)
    {
        var key = new byte[Sodium.PublicKeyLength];
        return Convert.TryFromBase64String(text, key, out var length) && length == key.Length ? key : null;
    }

    private async Task CallAsync(LoadPeer target, CancellationToken ct)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(20));
            using var wire = await LoadWire.DialAsync(load.Options.Server, load.Options.RendezvousPort, limit.Token);
            load.Counters.Asked();
            var start = load.Time.GetTimestamp();
            var reason = Judge(await AskAsync(wire, target, limit.Token), target);
            if (reason is null) load.Counters.Introduced(load.Time.GetElapsedTime(start));
            else load.Counters.CallFailed(reason);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            if (!ct.IsCancellationRequested) load.Counters.CallFailed("not answered in time");
        }
        catch (Exception e) when (e is SocketException or ProtocolViolation)
        {
            if (!ct.IsCancellationRequested) load.Counters.CallFailed("connection failed");
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<RendezvousMessage?> AskAsync(LoadWire wire, LoadPeer target, CancellationToken ct)
    {
        var request = Request(target);
        await wire.SendAsync(request, ct);
        var answer = AnswerAsync(wire, ct);
        foreach (var wait in Patience)
        {
            try
            {
                return await answer.WaitAsync(wait, load.Time, ct);
            }
            catch (TimeoutException) when (wait != Patience[^1])
            {
                load.Counters.Repeated();
                await wire.SendAsync(request, ct);
            }
        }

        throw new TimeoutException();
    }

    private static async Task<RendezvousMessage?> AnswerAsync(LoadWire wire, CancellationToken ct)
    {
        var answer = await wire.ReceiveAsync(ct);
        var isGreeting = answer?.UnionCase == RendezvousMessage.UnionOneofCase.KeyExchange;
        return isGreeting ? await wire.ReceiveAsync(ct) : answer;
    }

    private RendezvousMessage Request(LoadPeer target) => new()
    {
        PunchHoleRequest = new PunchHoleRequest
        {
            Id = target.Id,
            NatType = NatType.Asymmetric,
            LicenceKey = load.Options.Key,
            Version = "1.4.9",
        },
    };

    /// <summary>Why the answer is no introduction; null when it is a good one.</summary>
    private string? Judge(RendezvousMessage? message, LoadPeer target)
    {
        if (message is null) return "closed without an answer";
        if (message.RelayResponse is { } relayed) return CheckKey(relayed.Pk.Span, target);
        if (message.PunchHoleResponse is not { } answer) return "unexpected answer";
        if (!answer.SocketAddr.IsEmpty) return CheckKey(answer.Pk.Span, target);
        return answer.OtherFailure.Length > 0 ? "refused with a text" : $"refused: {answer.Failure}";
    }

    private string? CheckKey(ReadOnlySpan<byte> signed, LoadPeer target)
    {
        if (_serverKey is null) return null;
        if (!SignedIdPk.TryVerify(signed, _serverKey, out var value)) return "signature missing or wrong";
        var isTheirs = value!.Id == target.Id && value.Pk.Span.SequenceEqual(target.PublicKey);
        return isTheirs ? null : "signed for another peer";
    }
}
