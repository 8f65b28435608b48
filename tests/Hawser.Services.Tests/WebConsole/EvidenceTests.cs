using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Recordings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// The logs, recordings and what the server says of itself in a real Chromium (web/tests/browser/evidence.mjs). The
/// numbers of tasks are those whose presses are counted.
/// </summary>
public sealed class EvidenceTests
{
    [Fact]
    public Task T5_the_configuration_for_a_client_is_one_press_away() => PlayAsync("configuration");

    [Fact]
    public async Task T11_T12_T13_who_was_on_a_device_its_recording_and_the_list_as_a_file()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("admin", admin: true);
        var mara = await api.AddUserAsync("mara");
        var device = (await api.AddDeviceAsync("417000017")).Guid;
        // Noon, so that it is the same day wherever the browser is.
        var noon = hawser.Node.Time.GetUtcNow().UtcDateTime.Date.AddDays(-5).AddHours(12);
        await AddConnectionsAsync(hawser, api, admin.Guid, (mara.Guid, device), noon);
        await BrowserRun.PlayAsync("evidence", "connections", hawser, new { day = noon.ToString("yyyy-MM-dd", null), id = RecordId });
    }

    [Fact]
    public async Task S38_what_happened_meanwhile_is_beside_a_recording()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("admin", admin: true);
        var mara = await api.AddUserAsync("mara");
        var device = (await api.AddDeviceAsync("417000017")).Guid;
        var noon = hawser.Node.Time.GetUtcNow().UtcDateTime.Date.AddDays(-5).AddHours(12);
        await AddConnectionsAsync(hawser, api, admin.Guid, (mara.Guid, device), noon, after: TimeSpan.FromSeconds(2));
        await BrowserRun.PlayAsync("evidence", "happenings", hawser, new { id = RecordId });
    }

    [Fact]
    public async Task S38_one_that_is_being_made_is_watched_at_its_end()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("admin", admin: true);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(seconds: 120), 120);
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var row = new RecordingRow
        {
            RecordId = RecordId, Door = RecordingDoor.Stream, Owner = $"account:{admin.Guid:N}", OwnerGuid = admin.Guid,
            Status = RecordingStatus.Recording, StartedAt = now, CreatedAt = now, UpdatedAt = now, ActiveAt = now,
        };
        await using (var db = api.OpenDb())
        {
            db.Recordings.Add(row);
            await db.SaveChangesAsync();
        }

        var next = 0;
        while (next < 10) await AddChunkAsync(hawser, api, row.Guid, chunks, next++);
        using var over = new CancellationTokenSource();
        var recorder = Task.Run(async () =>
        {
            while (next < chunks.Count && !over.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await AddChunkAsync(hawser, api, row.Guid, chunks, next++);
            }
        });
        try
        {
            await BrowserRun.PlayAsync("evidence", "live", hawser, new { id = RecordId });
        }
        finally
        {
            await over.CancelAsync();
            await recorder;
        }
    }

    [Fact]
    public async Task S16_a_field_of_the_settings_is_found_and_put_back()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await using (var db = api.OpenDb())
        {
            db.DeviceGroups.Add(new DeviceGroup { Name = "Tills", NormalizedName = "TILLS" });
            await db.SaveChangesAsync();
        }

        await BrowserRun.PlayAsync("evidence", "fields", hawser);
    }

    [Fact]
    public Task Health_says_what_works_from_this_browser() => PlayAsync("health");

    [Fact]
    public Task Operations_say_before_and_after_and_are_taken_back() => PlayAsync("operations");

    private const string RecordId = "rec-8f3a";

    private static async Task AddChunkAsync(TestHawser hawser, ApiClient api, Guid recording, List<byte[]> chunks, int index)
    {
        var folder = Directory.CreateDirectory(Path.Combine(hawser.Folder, "recordings", RecordId));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"chunk-{index}.webm"), chunks[index]);
        await using var db = api.OpenDb();
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        db.RecordingChunks.Add(new RecordingChunk
        {
            RecordingGuid = recording, Index = index, Length = chunks[index].Length, StoredAt = now,
        });
        await db.SaveChangesAsync();
        await db.Recordings.ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Size, r => r.Size + chunks[index].Length).SetProperty(r => r.ActiveAt, now));
    }

    private static async Task AddConnectionsAsync(
        TestHawser hawser, ApiClient api, Guid owner, (Guid Mara, Guid Device) ends, DateTime noon,
        TimeSpan? after = null)
    {
        var file = await TestVideo.FinishedWebmAsync();
        var folder = Directory.CreateDirectory(Path.Combine(hawser.Folder, "recordings", RecordId));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "final.webm"), file);
        await using var db = api.OpenDb();
        db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = ends.Device, Enabled = true, Hostname = "PC-17" });
        ConnectionAudit? last = null;
        foreach (var (days, id) in new[] { (0, 1), (1, 2), (-1, 3) })
        {
            var row = new ConnectionAudit
            {
                DeviceGuid = ends.Device, DeviceId = "417000017", ConnId = id, Type = 0, PeerId = "482913377",
                PeerName = days == 0 ? "Mara's laptop" : "elsewhere", UserGuid = days == 0 ? ends.Mara : null,
                UserName = days == 0 ? "mara" : "", Address = "203.0.113.9", PrimaryAuth = 3, TwoFactor = 1, IsRelayed = days == 0 ? true : null, Relay = days == 0 ? "relay.example.net" : "",
                CreatedAt = noon.AddDays(days), EndedAt = noon.AddDays(days) + (after is null ? TimeSpan.FromMinutes(12) : TimeSpan.FromSeconds(4)), Note = "changed the toner",
            };
            db.ConnectionAudits.Add(row);
            last ??= row;
        }

        db.FileAudits.Add(new FileAudit
        {
            DeviceGuid = ends.Device, DeviceId = "417000017", ConnId = 1, PeerId = "482913377", PeerName = "Mara's laptop",
            Direction = 1, Path = "C:\\reports", FileCount = 30, Files = """[["a.txt",17000]]""", CreatedAt = noon + (after ?? TimeSpan.FromMinutes(1)),
        });
        db.FileAudits.Add(new FileAudit { DeviceGuid = ends.Device, DeviceId = "417000017", PeerId = "1", CreatedAt = noon });
        db.Recordings.Add(new RecordingRow
        {
            RecordId = RecordId, Owner = "account:admin", OwnerGuid = owner, DeviceGuid = ends.Device, DeviceId = "417000017",
            ConnectionGuid = last!.Guid, PeerId = "482913377", Direction = "incoming", Codec = "vp9",
            Status = RecordingStatus.Ready, Stopped = true, Size = file.Length, FinalName = "final.webm",
            FinalSize = file.Length, MimeType = "video/webm", DurationMs = 4000, StartedAt = noon, CreatedAt = noon,
            UpdatedAt = noon, ActiveAt = noon, FinishedAt = noon,
        });
        await db.SaveChangesAsync();
    }

    private static async Task PlayAsync(string scenario)
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("evidence", scenario, hawser);
    }
}
