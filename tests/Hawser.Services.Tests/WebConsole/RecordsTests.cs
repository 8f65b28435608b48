using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hawser.Data.Recordings;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// Address books, recordings and settings in a real Chromium against a real server (web/tests/browser/records.mjs). The
/// numbers are those of the console's scenarios.
/// </summary>
public sealed class RecordsTests
{
    [Fact]
    public Task S28_a_book_for_everyone_that_one_person_may_only_read() => RunAsync("sharing");

    [Fact]
    public Task S29_S30_an_import_its_export_and_the_bin() => RunAsync("imports");

    [Fact]
    public Task All_that_match_of_a_book_are_copied_and_moved_and_tags_become_one() => RunAsync("selections");

    [Fact]
    public Task T14_T15_a_book_for_a_group_and_an_import_in_so_many_presses() => RunAsync("budgets");

    [Fact]
    public Task S38_a_recording_is_played_noted_held_and_deleted_and_so_are_many() => RunAsync("recordings", AddRecordingAsync);

    [Fact]
    public Task Settings_are_not_lost_and_secrets_are_shown_once() => RunAsync("settings");

    private static async Task RunAsync(string scenario, Func<TestHawser, ApiClient, Guid, Task<object>>? prepare = null)
    {
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "console", "index.html")))
        {
            Assert.Skip("the console is not built: build with -c Release or -p:BuildConsole=true");
        }

        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara");
        var arguments = prepare is null ? new { } : await prepare(hawser, api, admin.Guid);
        await RunAsync(scenario, hawser, JsonSerializer.Serialize(arguments));
    }

    // A whole file, as a client uploaded it, and many that failed.
    private static async Task<object> AddRecordingAsync(TestHawser hawser, ApiClient api, Guid owner)
    {
        const string Id = "rec-8f3a";
        var file = await TestVideo.FinishedWebmAsync();
        var folder = Directory.CreateDirectory(Path.Combine(hawser.Folder, "recordings", Id));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "final.webm"), file);
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await using var db = api.OpenDb();
        db.Recordings.Add(new RecordingRow
        {
            RecordId = Id, Owner = "account:admin", OwnerGuid = owner, DeviceId = "123456789", PeerId = "987654321",
            FileHash = Convert.ToHexStringLower(SHA256.HashData(file)),
            Direction = "incoming", Codec = "vp9", Status = RecordingStatus.Ready, Stopped = true, Size = file.Length,
            FinalName = "final.webm", FinalSize = file.Length, MimeType = "video/webm", DurationMs = 4000,
            StartedAt = now, CreatedAt = now, UpdatedAt = now, ActiveAt = now, FinishedAt = now,
        });
        // What this browser, as it comes without patents, can't play.
        const string Other = "rec-h265";
        var foreign = await TestVideo.H265Async();
        var beside = Directory.CreateDirectory(Path.Combine(hawser.Folder, "recordings", Other));
        await File.WriteAllBytesAsync(Path.Combine(beside.FullName, "final.mp4"), foreign);
        db.Recordings.Add(new RecordingRow
        {
            RecordId = Other, Door = RecordingDoor.Upload, Owner = "anonymous", Size = foreign.Length, Status = RecordingStatus.Ready,
            FinalName = "final.mp4", FinalSize = foreign.Length, MimeType = "video/mp4", Codec = "h265", DurationMs = 4000,
            StartedAt = now, CreatedAt = now, UpdatedAt = now, ActiveAt = now, FinishedAt = now,
        });
        // More than a page of what was never a recording.
        db.Recordings.AddRange(Enumerable.Range(0, 60).Select(i => new RecordingRow
        {
            RecordId = string.Create(CultureInfo.InvariantCulture, $"till-{i:D2}"), Door = RecordingDoor.Stream,
            Owner = "anonymous", Status = RecordingStatus.Failed, Chunks = 1, Size = 1, Reason = "nothing to play",
            CreatedAt = now, UpdatedAt = now, ActiveAt = now, FinishedAt = now,
        }));
        await db.SaveChangesAsync();
        return new { id = Id, other = Other };
    }

    private static async Task RunAsync(string scenario, TestHawser hawser, string arguments)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("web"),
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in (string[])
            ["tests/browser/records.mjs", scenario, $"http://localhost:{hawser.HttpPort}", arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardError.ReadToEndAsync();
            var printed = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(8));
            process.ExitCode.ShouldBe(0, await said + await printed);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
