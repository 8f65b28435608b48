using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// The pictures that people compare when something changed (web/tests/browser/pictures.mjs), of a server as it is after a
/// quarter of work. <c>HAWSER_SHOTS=FOLDER</c> keeps them; each is searched for what code can see of a look.
/// </summary>
public sealed class PictureTests(PictureTests.House house) : IClassFixture<PictureTests.House>
{
    private const string Fleet = """
        control_roles:
          - {name: View only, note: For trainees, permissions: {keyboard: deny, file: deny, clipboard: deny}}
          - {name: Night shift, note: "", permissions: {terminal: deny, restart: allow}}
        strategies:
          - name: Kiosks
            options: {enable-file-transfer: "N", enable-audio: "N", approve-mode: password, whitelist: "10.0.0.0/8"}
          - name: Offices
            options: {enable-keyboard: "Y", allow-auto-disconnect: "Y", auto-disconnect-timeout: "30"}
          - name: 前台设备
            options: {enable-camera: "N"}
        user_groups:
          - {name: Help desk, note: First line}
          - {name: Field engineers, note: Who drive there}
          - {name: Partner of the western branch with a long name, note: ""}
        device_groups:
          - {name: Tills, rank: 10, strategy: Kiosks, devices: [@TILLS]}
          - {name: Berlin office, rank: 20, strategy: Offices, devices: [@BERLIN]}
          - {name: 上海分公司, rank: 30, strategy: 前台设备, devices: [@SHANGHAI]}
        access_rules:
          - {name: Help desk to the tills, from: {user_group: Help desk}, to: {device_group: Tills}, control_role: View only}
          - {name: Engineers everywhere, from: {user_group: Field engineers}, to: all_devices}
          - {name: Mara to Berlin, from: {user: mara}, to: {device_group: Berlin office}}
        address_books:
          - name: Shops
            note: Every till
            tags: {north: "#2196f3", south: "#ff9800", 重要: "#e91e63"}
            shares:
              - {group: Help desk, permission: read_write}
              - {everybody: true, permission: read}
            entries:
        @ENTRIES
        """;

    // In two goes each, so that none takes long.
    [Theory]
    [InlineData("desk", false, "en", 1)]
    [InlineData("desk", false, "en", 2)]
    [InlineData("desk", false, "en-XA", 1)]
    [InlineData("desk", false, "en-XA", 2)]
    [InlineData("phone", true, "en", 1)]
    [InlineData("phone", true, "en", 2)]
    public Task Pictures_of_a_server_at_work(string width, bool dark, string language, int half) =>
        TakeAsync(width, dark, language, half);

    /// <summary>To be looked at: the crawl reads all pages in Chinese and in the dark already.</summary>
    [Theory]
    [Trait("Run", "ByHand")]
    [InlineData(1)]
    [InlineData(2)]
    public Task Pictures_in_Chinese(int half) => TakeAsync("desk", dark: true, "zh-CN", half);

    private async Task TakeAsync(string width, bool dark, string language, int half)
    {
        BrowserRun.NeedsConsole();
        var hawser = await house.ServerAsync();
        await BrowserRun.PlayAsync(
            "pictures", "house", hawser, new { device = ShowHouse.IdOf(7), width, dark, language, half });
    }

    /// <summary>One server for all pictures: they change nothing.</summary>
    public sealed class House : IAsyncDisposable
    {
        private TestHawser? _hawser;

        public async Task<TestHawser> ServerAsync()
        {
            if (_hawser is not null) return _hawser;
            var hawser = await TestHawser.StartAsync();
            using var api = new ApiClient(hawser);
            await ShowHouse.FillAsync(hawser, api);
            var path = Path.Combine(hawser.Folder, "fleet.yaml");
            await File.WriteAllTextAsync(path, Written());
            var (code, _, errors) = await ProgramRun.ToEndAsync(
                "hawser", hawser.Folder, "", "apply", "-f", path, "--url", hawser.Http.ToString(), "--data", hawser.Folder,
                "--user", "admin");
            code.ShouldBe(0, errors);
            return _hawser = hawser;
        }

        public ValueTask DisposeAsync() => _hawser?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private static string Written()
    {
        static string Ids(int from, int step, int count) =>
            string.Join(", ", Enumerable.Range(0, count).Select(i => ShowHouse.IdOf(from + (i * step))));
        var entries = Enumerable.Range(0, 30).Select(i =>
            $"      - {{id: {ShowHouse.IdOf(i * 3)}, alias: Till {i + 1}, tags: [{(i % 2 == 0 ? "north" : "south, 重要")}]}}");
        return Fleet.Replace("@TILLS", Ids(0, 3, 120), StringComparison.Ordinal)
            .Replace("@BERLIN", Ids(1, 3, 90), StringComparison.Ordinal)
            .Replace("@SHANGHAI", Ids(2, 3, 60), StringComparison.Ordinal)
            .Replace("@ENTRIES", string.Join('\n', entries), StringComparison.Ordinal);
    }
}
