using Hawser.Api.Accounts;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>The own account, in a real Chromium (web/tests/browser/me.mjs).</summary>
public sealed class OwnAccountTests
{
    [Fact]
    public async Task What_somebody_likes_is_the_same_on_every_browser()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        // Without one the console begins with the setup.
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara");
        await BrowserRun.PlayAsync("me", "preferences", hawser);
    }

    [Fact]
    public async Task Single_letters_are_other_ones_or_none()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        // Without one the console begins with the setup.
        await api.AddUserAsync("admin", admin: true);
        var mara = await api.AddUserAsync("mara");
        await api.AddDeviceAsync("482913377", mara);
        await BrowserRun.PlayAsync("me", "keys", hawser);
    }

    [Fact]
    public async Task T16_two_step_sign_in_in_four_presses_and_off_only_with_its_code()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        // Without one the console begins with the setup.
        await api.AddUserAsync("admin", admin: true);
        var mara = await api.AddUserAsync("mara");
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = api.OpenDb())
        {
            db.TrustedDevices.Add(new TrustedDevice
            {
                UserGuid = mara.Guid, DeviceUuid = "b", Type = "console", Name = "Firefox", Os = "Linux", CreatedAt = now,
                ExpiresAt = now.AddDays(3),
            });
            await db.SaveChangesAsync();
        }

        await BrowserRun.PlayAsync("me", "twoStep", hawser);
    }

    [Fact]
    public async Task A_token_of_ones_own_and_what_the_server_holds()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        // Without one the console begins with the setup.
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara");
        await hawser.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            AccountSettings.Key, new AccountSettings { OwnTokens = true }, CancellationToken.None);
        await BrowserRun.PlayAsync("me", "tokensAndData", hawser);
    }
}
