using Hawser.Api;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Notifications.Wire;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api;

public sealed class OutboxSenderTests
{
    [Fact]
    public void A_fault_of_the_store_is_one_also_when_the_provider_wraps_it()
    {
        new InvalidOperationException("transient", new TimeoutException()).IsStoreFault().ShouldBeTrue();
        new InvalidOperationException("transient", new DbUpdateException("x")).IsStoreFault().ShouldBeTrue();
        new InvalidOperationException("ours").IsStoreFault().ShouldBeFalse();
        new InvalidOperationException("ours", new FormatException()).IsStoreFault().ShouldBeFalse();
    }

    [Fact]
    public async Task The_sender_goes_on_after_a_fault_that_a_provider_wrapped()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        T Get<T>() where T : notnull => api.Services.GetRequiredService<T>();
        var time = new FailingOnce();
        using var outbox = new Outbox(Get<SettingsStore>(), Get<Secrets>(), time);
        using var sender = new OutboxSender(
            Get<ApiParts>(), Get<ApiGate>(), outbox, Get<SettingsStore>(), Get<Secrets>(), Get<HookSender>(), Get<MailSender>(), time, NullLogger<OutboxSender>.Instance);

        await sender.StartAsync(CancellationToken.None);
        await time.AskedAgain.Task.WaitAsync(TimeSpan.FromSeconds(60));

        sender.ExecuteTask!.IsCompleted.ShouldBeFalse();
        await sender.StopAsync(CancellationToken.None);
    }

    /// <summary>The first look at the clock fails as a query does when its server is away; pauses are short.</summary>
    private sealed class FailingOnce : TimeProvider
    {
        private int _asked;

        public TaskCompletionSource AskedAgain { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Increment(ref _asked) == 1)
            {
                throw new InvalidOperationException("An exception has been raised that is likely due to a transient failure.", new TimeoutException());
            }

            AskedAgain.TrySetResult();
            return System.GetUtcNow();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
