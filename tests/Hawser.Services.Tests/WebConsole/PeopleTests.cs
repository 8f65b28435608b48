using System.Globalization;
using System.Security.Cryptography;
using Hawser.Api.Access;
using Hawser.Api.Settings;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>Work on people, in a real Chromium (web/tests/browser/users.mjs).</summary>
public sealed class PeopleTests
{
    [Fact]
    public async Task Many_people_are_found_changed_taken_back_and_deleted()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await AddPeopleAsync(hawser, api);
        await BrowserRun.PlayAsync("users", "bulk", hawser);
    }

    [Fact]
    public async Task T10_somebody_new_with_group_and_role_in_five_presses()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await AddPeopleAsync(hawser, api);
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var devices = Enumerable.Range(0, 3).Select(i => new StoredDevice(
            $"{400_000_000 + i}", [(byte)i], RandomNumberGenerator.GetBytes(Device.KeyLength), default(PeerAddress), now, null,
            Listed: false)).ToList();
        await hawser.Node.Store!.Devices.SaveAsync(devices, CancellationToken.None);
        await OpenToDefaultAsync(hawser, api);
        await BrowserRun.PlayAsync("users", "add", hawser);
    }

    // Only the usual group reaches anything, so that the form has two numbers to say.
    private static async Task OpenToDefaultAsync(TestHawser hawser, ApiClient api)
    {
        await hawser.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            AccessSettings.Key, new AccessSettings { DefaultPolicy = DefaultPolicy.Rules }, CancellationToken.None);
        await using var db = api.OpenDb();
        db.AccessRules.Add(new AccessRule
        {
            SubjectKind = AccessSubject.UserGroup, TargetKind = AccessTarget.AllDevices, Enabled = true,
            SubjectGuid = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync(),
        });
        await db.SaveChangesAsync();
    }

    // Without passwords: hashing thirty takes longer than the test.
    private static async Task AddPeopleAsync(TestHawser hawser, ApiClient api)
    {
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await using var db = api.OpenDb();
        var group = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync();
        db.UserGroups.Add(new UserGroup { Name = "Shops", NormalizedName = "SHOPS", CreatedAt = now });
        db.ControlRoles.Add(new ControlRole { Name = "View only", NormalizedName = "VIEW ONLY", Enabled = true, CreatedAt = now, UpdatedAt = now });
        foreach (var number in Enumerable.Range(1, 30))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"p{number:D2}");
            db.Users.Add(new User
            {
                Name = name, NormalizedName = name.ToUpperInvariant(), DisplayName = number == 12 ? "前台 李小龙" : "",
                Status = number == 30 ? UserStatus.Unverified : UserStatus.Normal, SecurityStamp = "s",
                ConcurrencyStamp = "c", UserGroupGuid = group, CreatedAt = now,
            });
        }

        await db.SaveChangesAsync();
    }
}
