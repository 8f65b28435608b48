using Hawser.Api.Accounts;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

/// <summary>Two administrators who go at the same moment: each counts on the other, and one has to stay.</summary>
public sealed class LastAdministratorTests
{
    private const int Rounds = 12;

    [Fact]
    public async Task Of_two_that_are_demoted_disabled_or_deleted_at_once_one_stays()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        for (var round = 0; round < Rounds; round++)
        {
            var kind = round;
            var pair = await PairAsync(api, round);
            var ended = await AtOnceAsync(pair, async user =>
            {
                await using var scope = api.Services.CreateAsyncScope();
                var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
                return (kind % 3) switch
                {
                    0 => await rules.SetAdminAsync(user.Guid, false, default),
                    1 => await rules.SetStatusAsync(user.Guid, UserStatus.Disabled, default),
                    _ => await rules.DeleteAsync(user.Guid, default),
                };
            });
            ended.Count(e => e.User is not null).ShouldBe(1);
            ended.Single(e => e.User is null).Error.ShouldBe(AccountRules.LastAdmin);
            (await LeftAsync(api)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Of_two_who_lose_their_group_at_once_one_stays()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var accounts = api.Services.GetRequiredService<ExternalAccounts>();
        var source = new ExternalSource
        {
            Provider = "corp", Origin = "oidc/corp", CreateUsers = true, LinkByEmail = false, Groups = [],
            AdminGroups = ["root"], AdminRoles = [], AllowedGroups = [], AllowedDomains = [],
        };
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var name in new[] { "mara", "otto" })
            {
                await using var db = api.OpenDb();
                (await accounts.AdmitAsync(db, source, Person(name, "root"), default)).User!.IsAdmin.ShouldBeTrue();
            }

            await AtOnceAsync(["mara", "otto"], async name =>
            {
                await using var db = api.OpenDb();
                return await accounts.AdmitAsync(db, source, Person(name), default);
            });
            (await LeftAsync(api)).ShouldBe(1);
        }
    }

    private static ExternalPerson Person(string name, params string[] groups) =>
        new() { Subject = name, LoginName = name, Groups = groups };

    private static async Task<User[]> PairAsync(ApiClient api, int round)
    {
        await using var db = api.OpenDb();
        await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.IsAdmin, false));
        var group = (await db.UserGroups.FirstAsync(g => g.IsDefault)).Guid;
        var pair = new[] { $"a{round}", $"b{round}" }.Select(name => new User
        {
            Name = name, NormalizedName = name.ToUpperInvariant(), Status = UserStatus.Normal, IsAdmin = true,
            SecurityStamp = "s", ConcurrencyStamp = "c", UserGroupGuid = group, CreatedAt = DateTime.UnixEpoch,
        }).ToArray();
        db.Users.AddRange(pair);
        await db.SaveChangesAsync();
        return pair;
    }

    private static async Task<int> LeftAsync(ApiClient api)
    {
        await using var db = api.OpenDb();
        return await db.Users.CountAsync(u => u.IsAdmin && u.Status == UserStatus.Normal);
    }

    // Both stand at the line before either runs.
    private static async Task<TResult[]> AtOnceAsync<T, TResult>(T[] all, Func<T, Task<TResult>> run)
    {
        using var start = new Barrier(all.Length);
        return await Task.WhenAll(all.Select(one => Task.Run(async () =>
        {
            start.SignalAndWait(TimeSpan.FromMinutes(1));
            return await run(one);
        })));
    }
}
