namespace Hawser.Server.Hosting;

/// <summary>
/// The roles' hosted services, made and started once the server is. All of them need the database, and a host would
/// make each of them before it opens the first port.
/// </summary>
/// <param name="services">Makes them.</param>
/// <param name="started">When the server is started.</param>
internal sealed class BackgroundWork(IServiceProvider services, Task started) : BackgroundService
{
    private readonly List<IHostedService> _started = [];
    private CancellationToken _patience;

    /// <summary>Takes over what was registered as hosted service since there were so many registrations.</summary>
    /// <param name="collection">The registrations.</param>
    /// <param name="since">How many there were.</param>
    /// <param name="started">When the server is started.</param>
    public static void TakeOver(IServiceCollection collection, int since, Task started)
    {
        var late = collection.Skip(since).Where(s => s.ServiceType == typeof(IHostedService)).ToList();
        foreach (var one in late)
        {
            collection.Remove(one);
            collection.Add(one.ImplementationFactory is { } make
                ? ServiceDescriptor.KeyedSingleton<IHostedService>(
                    typeof(BackgroundWork), (provider, _) => (IHostedService)make(provider))
                : ServiceDescriptor.KeyedSingleton(
                    typeof(IHostedService), typeof(BackgroundWork), one.ImplementationType!));
        }

        collection.AddHostedService(provider => new BackgroundWork(provider, started));
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _patience = cancellationToken;
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await started.WaitAsync(stoppingToken);
            foreach (var one in services.GetKeyedServices<IHostedService>(typeof(BackgroundWork)))
            {
                await one.StartAsync(stoppingToken);
                _started.Add(one);
            }

            await WatchAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }
        finally
        {
            await Task.WhenAll(_started.Select(s => s.StopAsync(_patience)));
        }
    }

    // One that breaks ends the server, as it would when the host had started it.
    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        var running = _started.OfType<BackgroundService>().Select(s => s.ExecuteTask!).ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running).WaitAsync(stoppingToken);
            await ended;
            running.Remove(ended);
        }
    }
}
