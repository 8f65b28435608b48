using Hawser.Server.Hosting;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Http;

/// <summary>A client that meets a server in its first moment gets its answer, only later.</summary>
public class ApiEntranceTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Who_comes_before_it_is_open_waits_and_goes_through()
    {
        var entrance = new ApiEntrance(isOpen: false, _time);
        var waiting = entrance.WaitAsync(CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();
        entrance.IsOpen.ShouldBeFalse();
        entrance.Open();
        (await waiting).ShouldBeTrue();
        entrance.IsOpen.ShouldBeTrue();
        (await entrance.WaitAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_would_wait_longer_than_clients_do_is_told()
    {
        var entrance = new ApiEntrance(isOpen: false, _time);
        var waiting = entrance.WaitAsync(CancellationToken.None);
        _time.Advance(ApiEntrance.Patience);
        (await waiting).ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_waits_for_what_will_not_open()
    {
        var entrance = new ApiEntrance(isOpen: false, _time);
        var waiting = entrance.WaitAsync(CancellationToken.None);
        entrance.Close();
        (await waiting).ShouldBeFalse();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        (await new ApiEntrance(isOpen: false, _time).WaitAsync(gone.Token)).ShouldBeFalse();
    }
}
