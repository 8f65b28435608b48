using System.Text;
using Hawser.Data;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using static Hawser.Server.Tests.Rendezvous.Registering.DataPlane;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Rendezvous.Registering;

public sealed class KeyRegistrationTests
{
    private const string Id = "123456789";
    private const string Home = "203.0.113.7:1000";
    private const string Away = "198.51.100.9:1000";

    [Fact]
    public async Task T6_EmptyUuidOrKeyIsNeverAnswered()
    {
        await using var plane = new DataPlane();
        foreach (var message in new[] { Key(Id, ""), new RegisterPk { Id = Id, Uuid = Key(Id).Uuid } })
        {
            plane.Keys.TryEnqueue(message, At(Home)).ShouldBeTrue();
            (await plane.Keys.RegisterAsync(message, At(Home), CancellationToken.None)).ShouldBeNull();
        }

        (await plane.RegisterAsync("other-id-1", Home)).ShouldBe(Result.Ok);
        plane.Sent.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("12345", Result.UuidMismatch)]
    [InlineData("äöü", Result.InvalidIdFormat)]
    [InlineData("with space", Result.InvalidIdFormat)]
    [InlineData("pipe|pipe", Result.InvalidIdFormat)]
    [InlineData("(:test_hbbs:)", Result.InvalidIdFormat)]
    public async Task T7_UnfitIdsAreRefused(string id, Result expected)
    {
        await using var plane = new DataPlane();
        // Six bytes of three characters: too short as well.
        var result = await plane.RegisterAsync(id, Home);
        result.ShouldBe(id == "äöü" ? Result.UuidMismatch : expected);
        plane.Store.Rows.ShouldBeEmpty();
        plane.Registry.Count.ShouldBe(0);
    }

    [Fact]
    public async Task IdsThatAreTooLongForARecordAreRefused()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(new string('x', 254), Home)).ShouldBe(Result.InvalidIdFormat);
        (await plane.RegisterAsync(new string('x', 253), Home)).ShouldBe(Result.Ok);
        plane.Handle(PeerHex(new string('x', 253)), At(Home)).ShouldBe(Registered);
    }

    [Fact]
    public async Task T8_AnotherDeviceCannotHaveTheIdAndRaisesAnAlert()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, Home, "uuid-0002")).ShouldBe(Result.UuidMismatch);
        (await plane.RegisterAsync(Id, Home, "uuid-0002")).ShouldBe(Result.UuidMismatch);
        Encoding.UTF8.GetString(plane.Store.Rows[Id].Uuid).ShouldBe("uuid-0001");
        plane.Metrics.IdConflicts.ShouldBe(2);
        plane.Feed.Events.Count(e => e is { Kind: "id-conflict", Id: Id }).ShouldBe(1, "one alert a minute is enough");
    }

    [Fact]
    public async Task T9_ANewKeyFromTheSameAddressReplacesTheOldOne()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, Home, key: 2)).ShouldBe(Result.Ok);
        plane.Store.Rows[Id].PublicKey[0].ShouldBe((byte)2);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.PublicKey[31].ShouldBe((byte)2);
    }

    [Fact]
    public async Task T10_ANewKeyFromAnotherAddressIsRefused()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, Away, key: 2)).ShouldBe(Result.UuidMismatch);
        plane.Store.Rows[Id].PublicKey[0].ShouldBe((byte)1);
    }

    [Fact]
    public async Task T11_TheSameKeyFromAnotherAddressMovesThePeer()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, Away)).ShouldBe(Result.Ok);
        plane.Store.Rows[Id].LastHost.ToString().ShouldBe("198.51.100.9");
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.Address.ShouldBe(At(Away));
        plane.Handle(PeerHex(Id), At(Away)).ShouldBe(Registered);
        plane.Changes.Find(Id)!.Hosts.ShouldHaveSingleItem().Key.ShouldBe(At("198.51.100.9"));
    }

    [Fact]
    public async Task T13_TheFourthOfQuickRegistrationsIsRefusedUntilSevenSecondsPass()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(time: time);
        for (var i = 0; i < 3; i++) (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.TooFrequent);
        time.Advance(TimeSpan.FromSeconds(6.5));
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.TooFrequent);
        time.Advance(TimeSpan.FromSeconds(0.7));
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        plane.Store.Saves.ShouldBe(1, "unchanged registrations do not reach the store");
    }

    [Fact]
    public async Task T13_TheLimitHoldsWithinOneBatch()
    {
        await using var plane = new DataPlane(time: new ManualTime());
        plane.Store.Gate = new TaskCompletionSource();
        plane.Keys.TryEnqueue(Key("blocker-1"), At(Home));
        await Eventually.HoldsAsync(() => plane.Store.IsHeld, "the worker is busy");
        for (var i = 0; i < 4; i++) plane.Keys.TryEnqueue(Key(Id), At(Home));
        plane.Store.Gate.SetResult();
        await Eventually.HoldsAsync(() => plane.Sent.Count == 5, "all are answered");
        plane.Sent.Count(s => s.Hex == Ok).ShouldBe(4);
        plane.Sent.Count(s => s.Hex == TooFrequent).ShouldBe(1);
    }

    [Fact]
    public async Task T14_OneAddressAddsThirtyTwoDevicesAMinuteAndKnownOnesDoNotCount()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(time: time);
        for (var i = 0; i < 32; i++) (await plane.RegisterAsync($"10000000{i:D2}", $"203.0.113.7:{1000 + i}")).ShouldBe(Result.Ok);
        (await plane.RegisterAsync("1000000099", Home)).ShouldBe(Result.TooFrequent);
        (await plane.RegisterAsync("1000000000", Home)).ShouldBe(Result.Ok, "known devices are exempt");
        (await plane.RegisterAsync("1000000098", Away)).ShouldBe(Result.Ok, "another address has its own budget");
        time.Advance(TimeSpan.FromMinutes(1));
        (await plane.RegisterAsync("1000000099", Home)).ShouldBe(Result.Ok);
        plane.Budgets.List(BudgetKind.KeyRegistration).Select(u => u.Source).ShouldContain(At("203.0.113.7"));
    }

    [Fact]
    public async Task ADayHasAnEndOfNewIds()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(new RendezvousOptions { NewIdsPerDay = 5 }, time: time);
        for (var i = 0; i < 6; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            (await plane.RegisterAsync($"100000000{i}", Home)).ShouldBe(i < 5 ? Result.Ok : Result.TooFrequent);
        }
    }

    [Fact]
    public async Task AFullRegistryPutsNewDevicesOffAndServesKnownOnes()
    {
        await using var plane = new DataPlane(new RendezvousOptions { MaxPeers = 1 });
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync("1000000001", Home)).ShouldBe(Result.TooFrequent);
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        plane.Metrics.RegistryFull.ShouldBe(1);
    }

    [Fact]
    public async Task AStoreThatFailsIsNeverAnsweredOkNorMismatch_C4_S16()
    {
        await using var plane = new DataPlane();
        plane.Store.IsBroken = true;
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.ServerError);
        plane.Registry.TryFind(Id, out _).ShouldBeFalse();
        plane.Handle(PeerHex(Id), At(Home)).ShouldBe(KeyWanted);
        plane.Store.IsBroken = false;
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        plane.Store.IsBroken = true;
        (await plane.RegisterAsync(Id, Home, key: 2)).ShouldBe(Result.ServerError);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.PublicKey[0].ShouldBe((byte)1, "memory and disk agree");
    }

    [Fact]
    public async Task ADeviceThatMovesWhileTheStoreFailsIsReachableAndStoredLater()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        plane.Store.IsBroken = true;
        (await plane.RegisterAsync(Id, Away)).ShouldBe(Result.ServerError);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.Address.ShouldBe(At(Away));
        plane.Store.IsBroken = false;
        (await plane.RegisterAsync(Id, Away)).ShouldBe(Result.Ok);
        plane.Store.Rows[Id].LastHost.ToString().ShouldBe("198.51.100.9");
    }

    [Fact]
    public async Task NothingIsAnsweredBeforeTheDevicesAreLoaded()
    {
        await using var plane = new DataPlane(isLoaded: false);
        plane.Handle(PeerHex(Id), At(Home)).ShouldBe("");
        (await plane.Keys.RegisterAsync(Key(Id), At(Home), CancellationToken.None)).ShouldBeNull();
        plane.Registry.Load(Device(Id));
        plane.Handle(PeerHex(Id), At(Home)).ShouldBe(Registered, "a peer that is loaded already is served");
        plane.Registry.MarkLoaded();
        plane.Handle(PeerHex("987654321"), At(Home)).ShouldBe(KeyWanted);
    }

    [Fact]
    public async Task AKeyThatIsUnchangedStillTellsWhereThePeerIs_C3()
    {
        await using var plane = new DataPlane();
        plane.Registry.Load(Device(Id, "203.0.113.7"));
        plane.Registry.IsOnline(Id).ShouldBeFalse();
        (await plane.RegisterAsync(Id, "203.0.113.7:4000")).ShouldBe(Result.Ok);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.IsOnline.ShouldBeTrue();
        peer.Address.Port.ShouldBe((ushort)4000);
    }

    [Fact]
    public async Task TwoDevicesThatRaceForAnIdInOneBatchAreNotTornApart()
    {
        await using var plane = new DataPlane();
        plane.Store.Gate = new TaskCompletionSource();
        var first = plane.Keys.RegisterAsync(Key("blocker-1"), At(Home), CancellationToken.None).AsTask();
        await Eventually.HoldsAsync(() => plane.Store.IsHeld, "the worker waits for the store");
        var winner = plane.Keys.RegisterAsync(Key(Id), At(Home), CancellationToken.None).AsTask();
        var loser = plane.Keys.RegisterAsync(Key(Id, "uuid-0002"), At(Away), CancellationToken.None).AsTask();
        plane.Store.Gate.SetResult();
        (await first).ShouldBe(Result.Ok);
        (await winner).ShouldBe(Result.Ok);
        (await loser).ShouldBeOneOf(Result.TooFrequent, Result.UuidMismatch);
        Encoding.UTF8.GetString(plane.Store.Rows[Id].Uuid).ShouldBe("uuid-0001");
    }

    [Fact]
    public async Task DeploymentModeTakesKnownDevicesOnly()
    {
        await using var plane = new DataPlane(new RendezvousOptions { RequireDeployment = true });
        plane.Registry.Load(Device(Id));
        (await plane.RegisterAsync(Id, Away)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, Away, key: 2)).ShouldBe(Result.NotDeployed);
        (await plane.RegisterAsync("1000000001", Home)).ShouldBe(Result.NotDeployed);
        plane.Keys.Reload(new RendezvousOptions());
        (await plane.RegisterAsync("1000000001", Home)).ShouldBe(Result.Ok);
    }

    [Fact]
    public async Task T36_ADeviceChangesItsIdAndTheOldOneStaysRetired()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync("1000000001", Home, "uuid-0002")).ShouldBe(Result.Ok);
        (await RenameAsync(plane, "1abcdef")).ShouldBe(Result.InvalidIdFormat);
        (await RenameAsync(plane, "newname1", uuid: "uuid-0002")).ShouldBe(Result.UuidMismatch);
        (await RenameAsync(plane, "newname1")).ShouldBe(Result.Ok);
        (await RenameAsync(plane, "newname1")).ShouldBe(Result.Ok, "the first answer may have been lost");
        (await RenameAsync(plane, "newname1", "1000000001", "uuid-0002")).ShouldBe(Result.IdExists);
        plane.Registry.TryFind(Id, out _).ShouldBeFalse();
        plane.Registry.TryFind("newname1", out _).ShouldBeTrue();
        plane.Registry.Count.ShouldBe(2);
        (await plane.RegisterAsync(Id, Away, "uuid-0003")).ShouldBe(Result.UuidMismatch);
        (await plane.RegisterAsync("newname1", Home)).ShouldBe(Result.Ok);
        plane.Registry.IsOnline("newname1").ShouldBeTrue();
    }

    [Fact]
    public async Task ChangesOfIdAreRationed()
    {
        await using var plane = new DataPlane(new RendezvousOptions { RenamesPerHour = 2 });
        for (var i = 0; i < 3; i++)
        {
            (await RenameAsync(plane, $"newname{i}")).ShouldBe(i < 2 ? Result.UuidMismatch : Result.TooFrequent);
        }
    }

    [Fact]
    public async Task AConnectionsKeyDoesNotReplaceTheAddressForDatagrams()
    {
        await using var plane = new DataPlane();
        (await plane.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
        (await plane.RegisterAsync(Id, "203.0.113.7:4444", overUdp: false)).ShouldBe(Result.Ok);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.Address.ShouldBe(At(Home));
        (await plane.RegisterAsync(Id, "198.51.100.9:4444", overUdp: false)).ShouldBe(Result.Ok);
        plane.Registry.TryFind(Id, out peer).ShouldBeTrue();
        peer.Address.ShouldBe(At("198.51.100.9"));
        peer.IsOnline.ShouldBeFalse("nobody knows its UDP socket there");
    }

    [Fact]
    public async Task WhatWaitsIsStoredTogetherAndAnsweredAfterwards()
    {
        await using var plane = new DataPlane();
        plane.Store.Gate = new TaskCompletionSource();
        for (var i = 0; i < 200; i++) plane.Keys.TryEnqueue(Key($"device-{i:D3}"), At($"203.0.{i}.7:1000"));
        await Eventually.HoldsAsync(() => plane.Store.IsHeld, "the worker waits for the store");
        plane.Sent.ShouldBeEmpty("nothing is acknowledged before it is stored");
        plane.Registry.Count.ShouldBe(0);
        plane.Store.Gate.SetResult();
        await Eventually.HoldsAsync(() => plane.Sent.Count == 200, "all are answered");
        plane.Sent.ShouldAllBe(s => s.Hex == Ok);
        plane.Store.Saves.ShouldBeLessThan(20);
        plane.Store.Rows.Count.ShouldBe(200);
    }

    [Fact]
    public async Task AFullQueueDropsAndCounts()
    {
        await using var plane = new DataPlane();
        plane.Store.Gate = new TaskCompletionSource();
        // Only when the worker stands still does a full queue stay full.
        plane.Keys.TryEnqueue(Key("blocker-1"), At(Home)).ShouldBeTrue();
        await Eventually.HoldsAsync(() => plane.Store.IsHeld, "the worker waits for the store");
        var accepted = 0;
        while (plane.Keys.TryEnqueue(Key($"id-{accepted:D6}"), At(Home)) && accepted < 100_000) accepted++;
        accepted.ShouldBe(8192);
        plane.Metrics.KeysDropped.ShouldBe(1);
        (await plane.Keys.RegisterAsync(Key(Id), At(Home), CancellationToken.None)).ShouldBe(Result.TooFrequent);
        plane.Store.Gate.SetResult();
    }

    [Fact]
    public async Task T70_ARestartWithTheStoreAnswersTheFirstDatagram()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-").FullName;
        try
        {
            await using (var store = await HawserStore.OpenAsync(folder, null, null, CancellationToken.None))
            {
                await using var before = new DataPlane(store: DeviceWrites.To(store.Devices), isLoaded: false);
                (await before.Registry.LoadAsync(store.Devices, CancellationToken.None)).ShouldBe(0);
                (await before.RegisterAsync(Id, Home)).ShouldBe(Result.Ok);
                (await before.RegisterAsync("1000000001", Home, "uuid-0002")).ShouldBe(Result.Ok);
                (await RenameAsync(before, "newname1", "1000000001", "uuid-0002")).ShouldBe(Result.Ok);
            }

            await using var again = await HawserStore.OpenAsync(folder, null, null, CancellationToken.None);
            await using var after = new DataPlane(store: DeviceWrites.To(again.Devices), isLoaded: false);
            after.Handle(PeerHex(Id), At(Home)).ShouldBe("");
            (await after.Registry.LoadAsync(again.Devices, CancellationToken.None)).ShouldBe(2);
            after.Registry.IsOnline(Id).ShouldBeFalse();
            after.Handle(PeerHex(Id), At("203.0.113.7:2000")).ShouldBe(Registered);
            after.Registry.IsOnline(Id).ShouldBeTrue();
            after.Handle(PeerHex("newname1"), At(Away)).ShouldBe(KeyWanted);
            (await after.RegisterAsync("1000000001", Away, "uuid-0009")).ShouldBe(Result.UuidMismatch, "retired");
            (await after.RegisterAsync(Id, Away)).ShouldBe(Result.Ok, "the uuid survived");
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task<Result> RenameAsync(DataPlane plane, string to, string from = Id, string uuid = "uuid-0001")
    {
        var message = Key(to, uuid);
        message.Pk = Google.Protobuf.ByteString.Empty;
        message.OldId = from;
        return await plane.Keys.RenameAsync(message, At(Home), CancellationToken.None);
    }
}
