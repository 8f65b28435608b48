using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Activity;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Recordings;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// A support firm as it would be after a quarter of work, for pictures: people, customers' devices, sessions, files,
/// alarms and recordings; what is made by hand in the console is made there (web/tests/browser/pictures.mjs).
/// </summary>
internal static class ShowHouse
{
    public const int Devices = 1240;

    // Of user01; nobody uses it.
    private const string SecondStep = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    private static readonly string[] People =
    [
        "Mara Lindqvist", "Otto Brandt", "王小明", "Aïcha Benali", "Jonas Weber", "李静", "Priya Raman", "Tomás Herrera",
        "Nell O'Connor", "Ingeborg von Hohenlohe-Langenburg zu Waldenburg", "Sam Adeyemi", "Yuki Tanaka", "Lena Fischer",
    ];

    private static readonly string[] Rooms =
        ["reception", "till", "office", "warehouse", "lab", "meeting", "kiosk", "前台", "accounting-of-the-western-branch"];

    private static readonly (string Os, string Cpu, string Memory)[] Machines =
    [
        ("windows / Windows 11 Pro", "Intel(R) Core(TM) i5-12400, 4.4GHz, 12/6 cores", "16GB"),
        ("windows / Windows 10 Enterprise LTSC 2021", "AMD Ryzen 5 PRO 4650G, 3.7GHz, 12/6 cores", "32GB"),
        ("linux / Debian GNU/Linux 13", "Intel(R) N100, 3.4GHz, 4/4 cores", "8GB"),
        ("macos / macOS 15.3", "Apple M2, 3.5GHz, 8/8 cores", "16GB"),
        ("android / Android 15", "Tensor G4, 3.1GHz, 8/8 cores", "12GB"),
    ];

    public static string IdOf(int number) => (100_000_000 + (number * 711_917)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Fills the server.</summary>
    public static async Task FillAsync(TestHawser hawser, ApiClient api)
    {
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await api.AddUserAsync("admin", admin: true, change: u =>
            (u.DisplayName, u.Email, u.LastLoginAt) = ("Nora Keller", "nora@lakeside-it.example", now.AddMinutes(-3)));
        var users = new List<User>();
        for (var i = 0; i < 39; i++) users.Add(await AddPersonAsync(api, i, now));
        await AddDevicesAsync(hawser, api, users, now);
        await AddWorkAsync(api, users, now);
        await AddRecordingsAsync(hawser, api, users, now);
    }

    private static Task<User> AddPersonAsync(ApiClient api, int i, DateTime now)
    {
        var shown = People[i % People.Length] + (i < People.Length ? "" : $" {i / People.Length + 1}");
        return api.AddUserAsync(i == 0 ? "mara" : $"user{i:D2}", change: u =>
        {
            u.DisplayName = shown;
            u.Email = $"person{i}@lakeside-it.example";
            u.LastLoginAt = i % 7 == 6 ? null : now.AddHours(-i * 5);
            u.Status = i % 11 == 10 ? UserStatus.Disabled : i % 13 == 12 ? UserStatus.Unverified : UserStatus.Normal;
            u.TotpEnforced = i % 5 == 4;
            if (i != 1) return;
            u.TotpEnabled = true;
            u.TotpSecret = api.Services.GetRequiredService<Secrets>().Protect(SecondStep);
        });
    }

    private static async Task AddDevicesAsync(TestHawser hawser, ApiClient api, List<User> users, DateTime now)
    {
        var stored = Enumerable.Range(0, Devices).Select(i => new StoredDevice(
            IdOf(i), Encoding.ASCII.GetBytes($"machine-{i}"), RandomNumberGenerator.GetBytes(Device.KeyLength),
            default(PeerAddress), now.AddDays(-90).AddHours(i), null, Listed: false)).ToList();
        await hawser.Node.Store!.Devices.SaveAsync(stored, CancellationToken.None);
        await using var db = api.OpenDb();
        var guids = await db.Devices.ToDictionaryAsync(d => d.Id, d => d.Guid);
        for (var i = 0; i < Devices; i++)
        {
            var (os, cpu, memory) = Machines[i % Machines.Length];
            db.DeviceDetails.Add(new DeviceDetails
            {
                DeviceGuid = guids[IdOf(i)], OwnerGuid = i % 6 == 5 ? null : users[i % users.Count].Guid,
                Enabled = i % 40 != 39, Os = os, Cpu = cpu, Memory = memory, Version = i % 8 == 7 ? "1.3.2" : "1.4.9",
                Hostname = $"{Rooms[i % Rooms.Length]}-{i:D4}", Username = i % 3 == 0 ? "kiosk" : "mara.lindqvist",
                SysinfoAt = now.AddMinutes(-i),
            });
        }

        await db.SaveChangesAsync();
    }

    private static async Task AddWorkAsync(ApiClient api, List<User> users, DateTime now)
    {
        await using var db = api.OpenDb();
        var guids = await db.Devices.ToDictionaryAsync(d => d.Id, d => d.Guid);
        for (var i = 0; i < 900; i++)
        {
            var user = users[i % users.Count];
            var begun = now.AddMinutes(-20 - (i * 143));
            var id = IdOf(i * 7 % Devices);
            db.ConnectionAudits.Add(new ConnectionAudit
            {
                DeviceGuid = guids[id], DeviceId = id, ConnId = i + 1, Address = $"203.0.113.{i % 250}", PeerId = IdOf(i % 40),
                PeerName = People[i % People.Length], Type = i % 5, PrimaryAuth = i % 3, CreatedAt = begun,
                AuthorizedAt = i % 17 == 16 ? null : begun.AddSeconds(4), EndedAt = begun.AddMinutes(3 + (i % 50)),
                IsRelayed = i % 3 == 1, Relay = i % 3 == 1 ? "relay-fra.lakeside-it.example" : "",
                UserGuid = i % 9 == 8 ? null : user.Guid, UserName = i % 9 == 8 ? "" : user.Name,
                Note = i % 12 == 0 ? "Printer driver installed, user informed" : "",
            });
            if (i % 4 != 0) continue;
            db.FileAudits.Add(new FileAudit
            {
                DeviceGuid = guids[id], DeviceId = id, ConnId = i + 1, PeerId = IdOf(i % 40), PeerName = People[i % People.Length],
                Address = $"203.0.113.{i % 250}", Direction = i % 2, Path = @"C:\Users\kiosk\Desktop\monthly-report.xlsx",
                IsFile = true, FileCount = 1, Files = """[["monthly-report.xlsx",482133]]""", CreatedAt = begun.AddMinutes(2),
            });
        }

        AddActivity(db, now);
        AddAlarms(db, guids, now);
        await db.SaveChangesAsync();
    }

    private static void AddActivity(HawserDb db, DateTime now)
    {
        var slot = ActivitySampler.Floor(now, ActivitySampler.Slot);
        for (var i = 0; i < 288; i++, slot -= ActivitySampler.Slot)
        {
            void Add(SampleMetric metric, double value) =>
                db.ActivitySamples.Add(new ActivitySample { Minutes = 5, At = slot, Metric = metric, Value = Math.Round(value) });
            var day = Math.Max(0, Math.Sin(((slot.Hour * 60) + slot.Minute - 360) * Math.PI / 840));
            Add(SampleMetric.Online, 610 + (400 * day) + (i % 9));
            Add(SampleMetric.Sessions, (34 * day) + (i % 4));
            Add(SampleMetric.RelayBytes, 40_000_000 * day * (1 + (i % 5)));
            Add(SampleMetric.Direct, 9 * day);
            Add(SampleMetric.Relayed, 4 * day);
        }
    }

    private static void AddAlarms(HawserDb db, Dictionary<string, Guid> guids, DateTime now)
    {
        for (var i = 0; i < 14; i++)
        {
            db.AlarmAudits.Add(new AlarmAudit
            {
                Type = i % 5, DeviceId = IdOf(i), DeviceGuid = guids[IdOf(i)], CreatedAt = now.AddHours(-i * 7),
                Info = $$"""{"ip":"198.51.100.{{i}}","name":"{{People[i % People.Length]}}","id":"{{IdOf(i + 3)}}"}""",
            });
        }

        db.AlarmAudits.Add(new AlarmAudit
        {
            Type = AlarmTexts.RelayDown, Source = "relay-sin.lakeside-it.example", CreatedAt = now.AddMinutes(-12),
            Info = """{"subject":"relay-sin.lakeside-it.example","relay":"relay-sin.lakeside-it.example"}""",
        });
    }

    private static async Task AddRecordingsAsync(TestHawser hawser, ApiClient api, List<User> users, DateTime now)
    {
        var file = await TestVideo.FinishedWebmAsync();
        await using var db = api.OpenDb();
        var guids = await db.Devices.ToDictionaryAsync(d => d.Id, d => d.Guid);
        for (var i = 0; i < 12; i++)
        {
            var id = $"session-{i:D2}";
            var isReady = i % 6 != 4;
            var folder = Directory.CreateDirectory(Path.Combine(hawser.Folder, "recordings", id));
            if (isReady) await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "final.webm"), file);
            var begun = now.AddHours(-1 - (i * 26));
            db.Recordings.Add(new RecordingRow
            {
                RecordId = id, Owner = $"account:{users[i].Name}", OwnerGuid = users[i].Guid, DeviceId = IdOf(i * 7),
                DeviceGuid = guids[IdOf(i * 7)], PeerId = IdOf(i), Direction = "incoming", Codec = "vp9", Stopped = true,
                Status = isReady ? RecordingStatus.Ready : RecordingStatus.Failed, Reason = isReady ? "" : "the file has no picture",
                ReasonCode = isReady ? "" : "no_picture", HeldAt = i == 2 ? now : null, Size = file.Length, FinalName = "final.webm",
                FinalSize = file.Length, FileHash = Convert.ToHexStringLower(SHA256.HashData(file)), MimeType = "video/webm",
                DurationMs = 4000, StartedAt = begun, CreatedAt = begun, UpdatedAt = begun, ActiveAt = begun, FinishedAt = begun,
            });
        }

        await db.SaveChangesAsync();
    }
}
