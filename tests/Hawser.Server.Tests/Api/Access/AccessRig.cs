using System.Net;
using Hawser.Api.Access;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Server.Tests.Rendezvous;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>A whole server, registered devices that answer by UDP, and users that call them with real tokens.</summary>
internal sealed class AccessRig : IAsyncDisposable
{
    public const string Id = "123456789";

    private AccessRig(TestHawser server)
    {
        Server = server;
        Api = new ApiClient(server);
    }

    public TestHawser Server { get; }

    public ApiClient Api { get; }

    public AccessDesk Desk => Server.Node.Access!;

    public static async Task<AccessRig> StartAsync(
        Action<HawserOptions>? configure = null, TimeProvider? time = null, string? folder = null)
    {
        var rig = new AccessRig(await TestHawser.StartAsync(configure, time, folder));
        await rig.Desk.Watch.FirstAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>Registers a device as a stock client does; it hears pushes on the socket.</summary>
    public async Task<WireDatagrams> RegisterAsync(string id = Id, string host = "127.0.0.2")
    {
        var peer = new WireDatagrams(Server.RendezvousPort, host);
        await peer.SendAsync(RendezvousRig.RegisterPk(id, "uuid-" + id));
        (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
        await peer.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = id, Serial = 9 } });
        (await peer.ReceiveMessageAsync())!.RegisterPeerResponse.RequestPk.ShouldBeFalse();
        return peer;
    }

    /// <summary>A plain connection from a host of one's own; the offered key exchange is not taken up.</summary>
    public Task<WireClient> ConnectAsync(string host = "127.0.0.1") =>
        WireClient.ConnectAsync(Server.RendezvousPort, new IPEndPoint(IPAddress.Parse(host), 0));

    /// <summary>A connection that is secured as a logged-in client does before it says anything.</summary>
    public async Task<WireClient> SecureAsync(string host = "127.0.0.1")
    {
        var client = await ConnectAsync(host);
        var offer = (await client.ReceiveMessageAsync())!.KeyExchange;
        var answer = new KeyAgreement().Answer(offer, Server.Key.Public, out var stream);
        await client.SendAsync(new RendezvousMessage { KeyExchange = answer });
        client.Stream = stream;
        return client;
    }

    public RendezvousMessage Ask(string token = "", string id = Id, string code = "") => new()
    {
        PunchHoleRequest = new PunchHoleRequest
        {
            Id = id,
            NatType = NatType.Asymmetric,
            LicenceKey = Server.RequiredKey,
            Version = "1.4.9",
            Token = token,
            SwitchCode = code,
        },
    };

    public static RendezvousMessage AskRelay(string token = "", string id = Id, string code = "", string key = "") => new()
    {
        RequestRelay = new RequestRelay
        {
            Id = id,
            Uuid = Guid.NewGuid().ToString(),
            Token = token,
            SwitchCode = code,
            LicenceKey = key,
            RelayServer = "127.0.0.1",
        },
    };

    /// <summary>What a caller is told; empty when the target was told instead.</summary>
    public async Task<string> RefusalAsync(WireDatagrams target, RendezvousMessage ask, string host = "127.0.0.1")
    {
        using var caller = await ConnectAsync(host);
        await caller.SendAsync(ask);
        var answer = caller.ReceiveAnswerAsync(10);
        await Eventually.HoldsAsync(() => answer.IsCompleted || target.Socket.Available > 0, "an answer or a push");
        if (target.Socket.Available > 0)
        {
            await target.ReceiveMessageAsync();
            caller.Dispose();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return "";
        }

        var message = (await answer)!;
        return message.PunchHoleResponse is { } punch
            ? punch.OtherFailure.Length > 0 ? punch.OtherFailure : punch.Failure.ToString()
            : message.RelayResponse.RefuseReason;
    }

    /// <summary>What a target is told of a caller that may.</summary>
    public async Task<RendezvousMessage> PushAsync(WireDatagrams target, RendezvousMessage ask, string host = "127.0.0.1")
    {
        using var caller = await ConnectAsync(host);
        await caller.SendAsync(ask);
        return (await target.ReceiveMessageAsync(5)).ShouldNotBeNull("the target is told");
    }

    /// <summary>Changes the setting, as the console will; it holds at once here.</summary>
    public async Task SetAsync(Action<AccessSettings> change)
    {
        var settings = Desk.Watch.Current!.Settings with { };
        change(settings);
        await Api.Services.GetRequiredService<Hawser.Api.Settings.SettingsStore>()
            .SetAsync(AccessSettings.Key, settings, CancellationToken.None);
        await LookAsync();
    }

    /// <summary>Edits rows; they hold at once here.</summary>
    public async Task EditAsync(Func<HawserDb, Task> edit)
    {
        await using (var db = Api.OpenDb())
        {
            await edit(db);
            await db.SaveChangesAsync();
        }

        await LookAsync();
    }

    public async Task LookAsync() => (await Desk.Watch.LookAsync(CancellationToken.None)).ShouldBeTrue();

    public async Task<Guid> DeviceAsync(string id = Id)
    {
        await using var db = Api.OpenDb();
        return (await db.Devices.SingleAsync(d => d.Id == id)).Guid;
    }

    public async Task OwnAsync(User? owner, string id = Id, bool enabled = true)
    {
        var device = await DeviceAsync(id);
        await EditAsync(async db =>
        {
            await db.DeviceDetails.Where(d => d.DeviceGuid == device).ExecuteDeleteAsync();
            db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = device, OwnerGuid = owner?.Guid, Enabled = enabled });
        });
    }

    public async Task<Guid> UserGroupAsync(string name)
    {
        var group = new UserGroup { Name = name, NormalizedName = name.ToUpperInvariant() };
        await EditAsync(db =>
        {
            db.UserGroups.Add(group);
            return Task.CompletedTask;
        });
        return group.Guid;
    }

    public async Task<Guid> RuleAsync(AccessRuleDraft draft)
    {
        await using var db = Api.OpenDb();
        var result = await Api.Services.GetRequiredService<AccessRules>().AddAsync(db, draft, CancellationToken.None);
        result.Error.ShouldBeEmpty();
        await LookAsync();
        return result.Guid;
    }

    public async Task<Guid> RoleAsync(string name, params (string Name, PermissionState State)[] states)
    {
        await using var db = Api.OpenDb();
        var result = await Api.Services.GetRequiredService<ControlRoles>().AddAsync(
            db, new(name, states.ToDictionary(s => s.Name, s => s.State)), CancellationToken.None);
        result.Error.ShouldBeEmpty();
        await LookAsync();
        return result.Guid;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
    }
}
