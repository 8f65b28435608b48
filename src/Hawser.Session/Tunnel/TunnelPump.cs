namespace Hawser.Session.Tunnel;

/// <summary>Moves plain bytes between two streams until either ends (§16).</summary>
public static class TunnelPump
{
    private const int Room = 64 * 1024;

    /// <summary>Idle limit of a tunnel at the host.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>Moves bytes both ways; the end of one side is the end of both.</summary>
    /// <param name="one">One side; not owned.</param>
    /// <param name="other">The other; not owned.</param>
    /// <param name="idle">Ends after so long without a byte.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many bytes went each way.</returns>
    public static async Task<(long Forth, long Back)> RunAsync(
        Stream one, Stream other, TimeSpan idle, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        using var quiet = new CancellationTokenSource(idle, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, quiet.Token);
        var forth = CopyAsync(one, other, quiet, idle, stop.Token);
        var back = CopyAsync(other, one, quiet, idle, stop.Token);
        await Task.WhenAny(forth, back);
        await stop.CancelAsync();
        return (await forth, await back);
    }

    private static async Task<long> CopyAsync(
        Stream from, Stream to, CancellationTokenSource quiet, TimeSpan idle, CancellationToken cancellation)
    {
        var buffer = new byte[Room];
        long moved = 0;
        try
        {
            while (true)
            {
                var count = await from.ReadAsync(buffer, cancellation);
                if (count == 0) return moved;
                await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
                moved += count;
                quiet.CancelAfter(idle);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return moved;
        }
    }
}
