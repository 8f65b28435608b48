using Hawser.Data.Devices;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using static Hawser.Server.Tests.Rendezvous.Registering.DataPlane;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Rendezvous.Registering;

/// <summary>Who was refused is kept for people, and no flood of made-up machines costs more than its bounds.</summary>
public sealed class ClaimLogTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<DeviceClaim> _stored = [];
    private readonly Lock _gate = new();
    private DataPlane? _plane;
    private bool _isBroken;
    private TaskCompletionSource? _held;

    public ValueTask DisposeAsync() => _plane?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task T6_A_machine_that_waits_is_kept_once_and_written_again_only_after_minutes()
    {
        var plane = Start(required: true);
        (await plane.RegisterAsync("123456789", "203.0.113.7:1000")).ShouldBe(Result.NotDeployed);
        (await plane.RegisterAsync("123456789", "203.0.113.7:1000", overUdp: false)).ShouldBe(Result.NotDeployed);
        (await plane.RegisterAsync("123456789", "203.0.113.8:1000", uuid: "uuid-0002")).ShouldBe(Result.NotDeployed);
        await WriteAsync(plane);
        var claim = _stored.Single(c => c.Address == "203.0.113.7");
        (claim.DeviceId, claim.State, claim.Uuid.Length, claim.PublicKey.Length).ShouldBe(("123456789", ClaimState.Waiting, 9, 32));
        _stored.Count.ShouldBe(2);
        plane.Feed.Events.ShouldContain(e => e.Kind == "device-claim" && e.Id == "123456789");

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            (await plane.RegisterAsync("123456789", "203.0.113.7:1000")).ShouldBe(Result.NotDeployed);
            await WriteAsync(plane);
        }

        _stored.Count.ShouldBe(2, "it asks every 30 seconds and is written once in two minutes");
        _time.Advance(TimeSpan.FromSeconds(30));
        (await plane.RegisterAsync("123456789", "198.51.100.9:1000")).ShouldBe(Result.NotDeployed);
        await WriteAsync(plane);
        _stored.Count.ShouldBe(3);
        _stored[2].Guid.ShouldBe(claim.Guid, "the same machine, wherever it asks from");
    }

    [Fact]
    public async Task Another_machine_with_the_id_of_one_is_kept_as_a_conflict()
    {
        var plane = Start(required: false);
        (await plane.RegisterAsync("123456789", "203.0.113.7:1000")).ShouldBe(Result.Ok);
        (await plane.RegisterAsync("123456789", "198.51.100.9:1000", uuid: "uuid-0002")).ShouldBe(Result.UuidMismatch);
        await WriteAsync(plane);
        var claim = _stored.ShouldHaveSingleItem();
        (claim.State, claim.Address).ShouldBe((ClaimState.Refused, "198.51.100.9"));
    }

    [Fact]
    public async Task Who_is_blocked_hears_that_he_waits_and_is_not_kept()
    {
        var plane = Start(required: false, blocked: "198.51.100.9");
        (await plane.RegisterAsync("123456789", "198.51.100.9:1000")).ShouldBe(Result.NotDeployed);
        (await plane.RegisterAsync("123456789", "203.0.113.7:1000")).ShouldBe(Result.Ok);
        (await plane.RegisterAsync("123456789", "198.51.100.9:1000")).ShouldBe(Result.Ok, "a known machine goes on from there");
        plane.Claims.Tick();
        _stored.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flood_of_made_up_ids_is_held_by_address_and_by_the_length_of_the_queue()
    {
        var plane = Start(required: true, new RendezvousOptions { NewIdsPerDay = 5 });
        for (var i = 0; i < 100; i++) plane.Claims.Note(Key($"made-up-{i}"), At("203.0.113.7:1000"), ClaimState.Waiting);
        plane.Metrics.ClaimsDropped(ClaimDrop.Address).ShouldBe(95);
        // Sources of datagrams can be made up as well.
        _held = new TaskCompletionSource();
        for (var i = 0; i < 6000; i++)
        {
            plane.Claims.Note(Key($"made-up-too-{i}"), At($"10.{i >> 8}.{i & 255}.1:1000"), ClaimState.Waiting);
            if (i == 10) plane.Claims.Tick();
        }

        plane.Metrics.ClaimsDropped(ClaimDrop.QueueFull).ShouldBeGreaterThanOrEqualTo(6000 - 2500);
        _held.SetResult();
        await WriteAsync(plane);
        _stored.Count.ShouldBeLessThanOrEqualTo(2505);
        _stored.Count(c => c.Address == "203.0.113.7").ShouldBe(5);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_counted_and_asks_again()
    {
        var plane = Start(required: true);
        _isBroken = true;
        (await plane.RegisterAsync("123456789", "203.0.113.7:1000")).ShouldBe(Result.NotDeployed);
        plane.Claims.Tick();
        await Eventually.IsAsync(() => plane.Metrics.ClaimsDropped(ClaimDrop.StoreFailed), 1, "what was lost is counted");
        _isBroken = false;
        _time.Advance(TimeSpan.FromSeconds(30));
        (await plane.RegisterAsync("123456789", "203.0.113.7:1000")).ShouldBe(Result.NotDeployed);
        await WriteAsync(plane);
        _stored.ShouldHaveSingleItem();
    }

    private DataPlane Start(bool required, RendezvousOptions? options = null, string blocked = "")
    {
        var from = blocked.Length > 0 ? At(blocked) : default;
        return _plane = new DataPlane(options, time: _time, deployment: new DeploymentRule(
            () => required, (_, _) => Task.FromResult<IReadOnlyList<StoredDevice>>([]))
        {
            IsBlocked = source => blocked.Length > 0 && source.SameHost(from), SaveClaimsAsync = SaveAsync,
        });
    }

    private async Task<ClaimsSaved> SaveAsync(IReadOnlyList<DeviceClaim> claims, int most, CancellationToken cancellationToken)
    {
        if (_held is { } held) await held.Task;
        if (_isBroken) throw new InvalidOperationException("the disk is full");
        lock (_gate) _stored.AddRange(claims);
        return new ClaimsSaved([.. claims.Select(c => c.DeviceId)], 0);
    }

    // Everything that was noted so far is written when this is done; a round that runs already goes on until nothing is left.
    private static async Task WriteAsync(DataPlane plane)
    {
        plane.Claims.Tick();
        await plane.Claims.IdleAsync();
        plane.Claims.Tick();
        await plane.Claims.IdleAsync();
    }
}
