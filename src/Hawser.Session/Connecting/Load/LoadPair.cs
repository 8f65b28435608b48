using System.Buffers.Binary;
using System.Net.Sockets;
using Hawser.Protocol;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>A relayed pair: one leg sends frames at a rate, the other checks every byte of them.</summary>
internal sealed class LoadPair(LoadContext load, int number, TimeSpan phase)
{
    private const int HeadLength = 16;
    private readonly int _frame = Math.Max(HeadLength, load.Options.FrameBytes);

    public async Task RunAsync(CancellationToken ct)
    {
        await Task.Delay(phase, load.Time, ct);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await OnceAsync(ct);
                load.Counters.Error("relay closed a pair");
            }
            catch (Exception e) when (e is SocketException or ProtocolViolation)
            {
                load.Counters.Error("relay connection failed");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), load.Time, ct);
        }
    }

    private async Task OnceAsync(CancellationToken ct)
    {
        var uuid = Guid.NewGuid().ToString();
        using var target = await JoinAsync(uuid, ct);
        using var caller = await JoinAsync(uuid, ct);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var sending = SendAsync(caller, end.Token);
        var receiving = ReceiveAsync(target, end.Token);
        try
        {
            // The first to end decides; the other is told and its own error says nothing new.
            await await Task.WhenAny(sending, receiving);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(sending, receiving).ContinueWith(static t => _ = t.Exception, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<LoadWire> JoinAsync(string uuid, CancellationToken ct)
    {
        var wire = await LoadWire.DialAsync(load.Options.Server, load.Options.RelayPort, ct);
        var join = new RequestRelay { Uuid = uuid, LicenceKey = load.Options.Key };
        await wire.SendAsync(new RendezvousMessage { RequestRelay = join }, ct);
        return wire;
    }

    private byte FillOf(long sequence) => (byte)(sequence * 31 + number);

    private async Task SendAsync(LoadWire wire, CancellationToken ct)
    {
        var frame = new byte[_frame];
        var start = load.Time.GetTimestamp();
        for (var sequence = 0L; ; sequence++)
        {
            var wait = TimeSpan.FromSeconds(sequence / load.Options.FramesPerSecond) - load.Time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, load.Time, ct);
            BinaryPrimitives.WriteInt64LittleEndian(frame, load.Time.GetTimestamp());
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(8), sequence);
            frame.AsSpan(HeadLength).Fill(FillOf(sequence));
            await wire.SendAsync(frame, ct);
        }
    }

    private async Task ReceiveAsync(LoadWire wire, CancellationToken ct)
    {
        var frame = new byte[_frame];
        var isUp = false;
        try
        {
            for (var sequence = 0L; ; sequence++)
            {
                for (var filled = 0; filled < frame.Length;)
                {
                    var count = await wire.Socket.ReceiveAsync(frame.AsMemory(filled), SocketFlags.None, ct);
                    if (count == 0) return;
                    filled += count;
                }

                if (!isUp) load.Counters.PairUp();
                isUp = true;
                Check(frame, sequence);
            }
        }
        finally
        {
            if (isUp) load.Counters.PairDown();
        }
    }

    private void Check(byte[] frame, long sequence)
    {
        var after = load.Time.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(frame));
        var isRight = BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(8)) == sequence
            && frame.AsSpan(HeadLength).IndexOfAnyExcept(FillOf(sequence)) < 0;
        if (isRight) load.Counters.Frame(frame.Length, after);
        else load.Counters.Corrupt();
    }
}
