using Hawser.Api.Devices;
using Hawser.Api.Devices.Client;
using Hawser.Api.Settings;
using Hawser.Api.Strategies;
using Hawser.Data.Devices;
using Hawser.Data.Strategies;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Hawser.Server.Tests.Api.Devices;

/// <summary>A server, and what devices and their administrators do with it.</summary>
internal sealed class DeviceRig : IAsyncDisposable
{
    private DeviceRig(TestHawser server)
    {
        Server = server;
        Api = new ApiClient(server);
    }

    public TestHawser Server { get; }

    public ApiClient Api { get; }

    public StrategyRules Strategies => Get<StrategyRules>();

    public DeviceCommands Commands => Get<DeviceCommands>();

    public static async Task<DeviceRig> StartAsync(
        Action<HawserOptions>? configure = null, TimeProvider? time = null, string? folder = null) =>
        new(await TestHawser.StartAsync(configure, time, folder));

    public T Get<T>()
        where T : notnull => Api.Services.GetRequiredService<T>();

    /// <summary>A device that has registered and sent its sysinfo.</summary>
    public async Task<TestDevice> DeviceAsync(string id = "771200345", Hawser.Data.Accounts.User? owner = null)
    {
        var device = await Api.AddDeviceAsync(id, owner);
        (await SysinfoAsync(device)).Text.ShouldBe(SysinfoEndpoint.Updated);
        return device;
    }

    public Task<Answer> SysinfoAsync(TestDevice device, string more = "") => Api.PostAsync("/api/sysinfo", $$"""
        {{{device.Members}},"version":"1.4.9","cpu":"Intel(R) N100, 0.78GHz, 4/4 cores","memory":"7.75GB",
        "os":"windows / Windows 11 Pro - 10 (22631)","hostname":"TILL3","username":"pos"{{more}}}
        """);

    public Task<Answer> BeatAsync(TestDevice device, long modifiedAt = 0, params int[] conns)
    {
        var open = conns.Length == 0 ? "" : $",\"conns\":[{string.Join(',', conns)}]";
        return Api.PostAsync("/api/heartbeat", $$"""
            {{{device.Members}},"ver":1004090{{open}},"modified_at":{{modifiedAt}}}
            """);
    }

    public async Task<Strategy> StrategyAsync(string name, params (string Key, string Value)[] options)
    {
        await using var db = Api.OpenDb();
        return (await Strategies.CreateAsync(db, name, "", Options(options), default))!;
    }

    public async Task AssignAsync(Strategy? strategy, params TestDevice[] devices)
    {
        await using var db = Api.OpenDb();
        var targets = new StrategyTargets([.. devices.Select(d => d.Guid)], [], []);
        await Strategies.AssignAsync(db, strategy?.Guid, targets, default);
    }

    public async Task EditAsync(Strategy strategy, params (string Key, string Value)[] options)
    {
        await using var db = Api.OpenDb();
        (await Strategies.SetOptionsAsync(db, strategy.Guid, Options(options), default)).ShouldBeTrue();
    }

    public Task SettingsAsync(DeviceSettings settings) => Get<SettingsStore>().SetAsync(DeviceSettings.Key, settings, default);

    public async Task<DeviceDetails?> DetailsAsync(TestDevice device)
    {
        await using var db = Api.OpenDb();
        return await db.DeviceDetails.AsNoTracking().FirstOrDefaultAsync(d => d.DeviceGuid == device.Guid);
    }

    public static Dictionary<string, string> Options(params (string Key, string Value)[] options) =>
        options.ToDictionary(o => o.Key, o => o.Value, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
    }
}
