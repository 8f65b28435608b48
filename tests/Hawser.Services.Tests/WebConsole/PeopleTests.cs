using System.Globalization;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
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
