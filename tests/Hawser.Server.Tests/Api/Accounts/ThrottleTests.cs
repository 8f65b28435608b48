using System.Net;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

public class ThrottleTests
{
    [Fact]
    public async Task C02_guessing_gets_slower_and_raises_the_alarms_of_accounts()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        var mara = await api.AddUserAsync("mara");
        for (var i = 0; i < 5; i++) (await api.LoginAsync("mara", "guess")).Error.ShouldBe("Wrong credentials");
        var slow = await api.LoginAsync("mara");
        slow.Status.ShouldBe(429);
        slow.Error.ShouldBe("Too many attempts, please try again in 10 seconds.");
        (await api.LoginAsync("mara", "guess")).Status.ShouldBe(429);
        await using (var db = api.OpenDb())
        {
            var alarm = await db.AlarmAudits.SingleAsync();
            (alarm.Type, alarm.UserGuid, alarm.DeviceId).ShouldBe((4, mara.Guid, TestDevice.Unregistered.Id));
            alarm.Info.ShouldBe("""{"ip":"127.0.0.1","id":"482913377","name":"mara","attempts":7}""");
        }

        for (var i = 0; i < 30; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await api.LoginAsync("mara", "guess");
        }

        await using (var db = api.OpenDb())
        {
            (await db.AlarmAudits.Select(a => a.Type).ToListAsync()).ShouldBe([4, 5, 3], ignoreOrder: true);
        }

        time.Advance(TimeSpan.FromMinutes(15));
        (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        (await api.LoginAsync("mara", "typo")).Error.ShouldBe("Wrong credentials", "success forgives");
    }

    [Fact]
    public async Task The_last_free_guess_is_one_also_when_many_ask_for_it_at_the_same_moment()
    {
        await using var server = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(server);
        var throttle = api.Services.GetRequiredService<LoginThrottle>();
        const int Threads = 4;
        using var together = new Barrier(Threads);
        var begun = new int[400];
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < begun.Length; round++)
            {
                var from = new IPAddress([10, 1, (byte)(round / 250), (byte)(round % 250)]);
                together.SignalAndWait();
                for (var i = 0; i < 4; i++)
                {
                    if (throttle.TryBegin($"user{round}", from, out TimeSpan _) is not null) Interlocked.Increment(ref begun[round]);
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        begun.ShouldAllBe(n => n == 5);
    }

    [Fact]
    public async Task Alarms_of_an_account_are_mailed_to_who_asked_for_them()
    {
        await using var server = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(server);
        var mail = new MailSettings { Host = "127.0.0.1", Port = 1, From = "h@example.net", AlarmsTo = ["ops@example.net"] };
        await api.Services.GetRequiredService<SettingsStore>().SetAsync(NotificationSettings.Mail, mail, default);
        var mara = await api.AddUserAsync("mara", change: u => u.Email = "mara@example.net");
        await api.AddUserAsync("otto", change: u => u.Email = "otto@example.net");
        // She asks for them herself, under her account.
        var asked = await api.SendAsync(
            HttpMethod.Patch, "/api/console/account/profile", """{"email_alarms":true}""", await api.TokenAsync(mara));
        asked.Status.ShouldBe(200, asked.Text);
        for (var i = 0; i < 10; i++) await api.LoginAsync("otto", "guess");
        for (var i = 0; i < 10; i++) await api.LoginAsync("mara", "guess");
        await using var db = api.OpenDb();
        (await db.Outbox.Select(m => m.Recipient).ToListAsync()).ShouldBe(
            ["mara@example.net", "ops@example.net", "ops@example.net"], ignoreOrder: true,
            "what happens to otto's account keeps nobody from hearing of hers");
    }

    [Fact]
    public async Task An_office_behind_one_address_is_not_locked_out_by_one_guesser()
    {
        await using var server = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        (await api.LoginAsync("otto")).Member("type").ShouldBe("access_token");
        for (var i = 0; i < 8; i++) await api.LoginAsync("mara", "guess");
        (await api.LoginAsync("otto")).Member("type").ShouldBe("access_token");
        for (var i = 0; i < 100; i++) await api.LoginAsync($"user{i}", "guess");
        (await api.LoginAsync("otto")).Member("type").ShouldBe("access_token", "people do log in from here");
    }

    [Fact]
    public async Task Who_logged_in_from_an_address_before_is_not_stopped_by_guesses_from_elsewhere()
    {
        await using var server = await TestHawser.StartAsync(
            o => o.Http.TrustedProxies.Add("127.0.0.1"), new ManualTime());
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        (await LoginFromAsync(api, "203.0.113.5", ApiClient.Password)).Member("type").ShouldBe("access_token");
        for (var i = 0; i < 40; i++) await LoginFromAsync(api, $"198.51.100.{i}", "guess");
        (await LoginFromAsync(api, "192.0.2.99", ApiClient.Password)).Status.ShouldBe(429, "a stranger must wait");
        (await LoginFromAsync(api, "203.0.113.5", ApiClient.Password)).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public void Addresses_count_by_what_one_customer_has()
    {
        LoginThrottle.Network(IPAddress.Parse("2001:db8:1:2:3:4:5:6")).ShouldBe("2001:db8:1:2::/64");
        LoginThrottle.Network(IPAddress.Parse("2001:db8:1:2:ffff::1")).ShouldBe("2001:db8:1:2::/64");
        LoginThrottle.Network(IPAddress.Parse("::ffff:192.0.2.1")).ShouldBe("192.0.2.1");
        LoginThrottle.Network(null).ShouldBe("?");
    }

    [Fact]
    public void The_table_is_bounded_and_forgets_what_was_quiet_longest()
    {
        var time = new ManualTime();
        var table = new FailureTable(
            time, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), capacity: 100);
        for (var i = 0; i < 1000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            table.Begin($"key{i}");
            table.Begin($"key{i}");
            table.Count.ShouldBeLessThanOrEqualTo(100);
        }

        table.Pause("key999").ShouldBe(TimeSpan.FromSeconds(10));
        table.Pause("key1").ShouldBe(TimeSpan.Zero);
        table.Begin("key999");
        table.Pause("key999").ShouldBe(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 100; i++) table.Begin("key999");
        table.Pause("key999").ShouldBe(TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromHours(1));
        table.Pause("key999").ShouldBe(TimeSpan.Zero);
        table.Sweep();
        table.Count.ShouldBe(0);
    }

    private static Task<Answer> LoginFromAsync(ApiClient api, string address, string password) => api.SendAsync(
        HttpMethod.Post, "/api/login",
        $$"""{"username":"mara","password":{{ApiClient.Quote(password)}},"id":"1","uuid":"MQ==","type":"account"}""",
        change: r => r.Headers.Add("X-Forwarded-For", address));
}
