using Microsoft.Extensions.Hosting;

namespace Hawser.Api;

/// <summary>
/// Work that comes again and again, from when the API is open until the server stops. One turn ends before the next
/// begins; what goes wrong in one is told by whoever does the work.
/// </summary>
internal abstract class PeriodicWork(ApiGate gate, TimeProvider time, TimeSpan period) : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>One turn.</summary>
    protected abstract Task TurnAsync(CancellationToken cancellationToken);

    /// <summary>What is done once, before the first turn.</summary>
    protected virtual Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            await BeginAsync(stoppingToken);
            using var timer = new PeriodicTimer(period, Time);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }
    }
}
