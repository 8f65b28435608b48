using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// Every page of the console in a real Chromium with a fleet behind it (web/tests/browser/crawl.mjs). The numbers are
/// those of the console's scenarios.
/// </summary>
public sealed class CrawlTests
{
    private const int Devices = 10_000;
    private const int Sessions = 1000;

    [Theory]
    [InlineData("desk", false, "en")]
    [InlineData("phone", true, "zh-CN")]
    public async Task S39_S40_every_page_of_an_administrator(string width, bool dark, string language) =>
        await RunAsync("staff", new { device = IdOf(5), width, dark, language });

    [Fact]
    public async Task S27_S40_every_page_of_a_user_on_a_phone_and_no_dead_link() =>
        await RunAsync("users", new { own = IdOf(3) });

    private static async Task RunAsync(string scenario, object given)
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        var mara = await api.AddUserAsync("mara");
        await AddFleetAsync(hawser, api, mara.Guid);
        await BrowserRun.PlayAsync("crawl", scenario, hawser, given);
    }

    private static string IdOf(int number) => (100_000_000 + (number * 7919)).ToString(CultureInfo.InvariantCulture);

    // Names as people give them, some longer than any column.
    private static async Task AddFleetAsync(TestHawser hawser, ApiClient api, Guid owner)
    {
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var stored = Enumerable.Range(0, Devices).Select(i => new StoredDevice(
            IdOf(i), Encoding.ASCII.GetBytes($"machine-{i}"), RandomNumberGenerator.GetBytes(Device.KeyLength),
            default(PeerAddress), now, null, Listed: false)).ToList();
        await hawser.Node.Store!.Devices.SaveAsync(stored, CancellationToken.None);
        await using var db = api.OpenDb();
        var rows = await db.Devices.OrderBy(d => d.Id).Select(d => new { d.Guid, d.Id }).ToListAsync();
        for (var i = 0; i < rows.Count; i++)
        {
            db.DeviceDetails.Add(new DeviceDetails
            {
                DeviceGuid = rows[i].Guid,
                OwnerGuid = i % 100 == 3 ? owner : null,
                Enabled = i % 10 != 2,
                Hostname = (i % 9) switch
                {
                    3 => $"a-very-long-host-name-that-somebody-thought-was-a-good-idea-{i:D5}",
                    5 => $"前台-{i:D5}",
                    _ => $"pc-{i:D5}",
                },
                Os = "windows / Windows 10 Enterprise LTSC 2021 with a long name",
                Version = "1.4.9",
                Username = "mara",
            });
            if (i >= Sessions) continue;
            db.ConnectionAudits.Add(new ConnectionAudit
            {
                DeviceGuid = rows[i].Guid, DeviceId = rows[i].Id, ConnId = i + 1, Address = "203.0.113.9",
                PeerId = "987654321", PeerName = "王小明的笔记本电脑", Type = i % 5, CreatedAt = now.AddMinutes(-i),
                AuthorizedAt = now.AddMinutes(-i), EndedAt = i % 2 == 0 ? null : now.AddSeconds(-i),
                IsRelayed = i % 3 == 0 ? null : i % 3 == 1, Relay = i % 6 == 1 ? "a-relay-with-a-long-name.of.a.branch.example.net:21117" : "",
            });
        }

        await db.SaveChangesAsync();
    }
}
