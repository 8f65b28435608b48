using Hawser.Server.Hosting;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Http;

/// <summary>What works in the background is made when the server is started, and ends with it.</summary>
public class BackgroundWorkTests
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Nothing_is_made_before_the_start_is_done_and_everything_is_stopped()
    {
        var made = new List<Worker>();
        await using var services = Compose(() => new Worker(made, breaks: false));
        var host = services.GetServices<IHostedService>().ShouldHaveSingleItem();
        await host.StartAsync(CancellationToken.None);
        made.ShouldBeEmpty();
        _opened.SetResult();
        await Eventually.HoldsAsync(() => made is [{ Started: true }], "it is started");
        await host.StopAsync(CancellationToken.None);
        made.ShouldHaveSingleItem().Stopped.ShouldBeTrue();
    }

    [Fact]
    public async Task What_has_not_begun_can_be_stopped()
    {
        var made = new List<Worker>();
        await using var services = Compose(() => new Worker(made, breaks: false));
        var host = services.GetServices<IHostedService>().ShouldHaveSingleItem();
        await host.StartAsync(CancellationToken.None);
        await host.StopAsync(CancellationToken.None);
        made.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_breaks_is_not_kept_from_the_host()
    {
        var made = new List<Worker>();
        await using var services = Compose(() => new Worker(made, breaks: true));
        var host = (BackgroundService)services.GetServices<IHostedService>().ShouldHaveSingleItem();
        await host.StartAsync(CancellationToken.None);
        _opened.SetResult();
        await Should.ThrowAsync<NotSupportedException>(host.ExecuteTask!);
        made.ShouldHaveSingleItem().Stopped.ShouldBeTrue();
    }

    private ServiceProvider Compose(Func<Worker> make)
    {
        var services = new ServiceCollection();
        services.AddHostedService(_ => make());
        BackgroundWork.TakeOver(services, 0, _opened.Task);
        return services.BuildServiceProvider();
    }

    private sealed class Worker : BackgroundService
    {
        private readonly bool _breaks;

        public Worker(List<Worker> made, bool breaks)
        {
            _breaks = breaks;
            made.Add(this);
        }

        public bool Started { get; private set; }

        public bool Stopped { get; private set; }

        public override Task StopAsync(CancellationToken cancellationToken)
        {
            Stopped = true;
            return base.StopAsync(cancellationToken);
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Started = true;
            return _breaks ? throw new NotSupportedException("it breaks") : Task.Delay(Timeout.Infinite, stoppingToken);
        }
    }
}
