using Hawser.Api;
using Hawser.Services.Tests.Mail;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>What the server is told about itself, in a real Chromium (web/tests/browser/settings.mjs).</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task Relays_are_limited_tried_drained_and_asked_for()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("settings", "relays", hawser, new
        {
            relay = $"127.0.0.1:{hawser.RelayPort}", closed = $"127.0.0.1:{FreePorts.Block(1)}",
        });
    }

    [Fact]
    public async Task Everybody_reads_what_was_written_for_all_in_the_language_of_the_server()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("settings", "everybody", hawser);
    }

    [Fact]
    public async Task Ports_are_asked_a_test_mail_shows_its_dialogue_and_another_key_pair_waits_for_the_next_start()
    {
        BrowserRun.NeedsConsole();
        using var sink = await MailSink.StartAsync();
        await using var hawser = await TestHawser.StartAsync(o => o.Pins =
        [
            new SettingPin("mail", "host", "127.0.0.1", "environment", "HAWSER_SETTING_MAIL_HOST"),
            new SettingPin("mail", "port", sink.Port, "file", "/etc/hawser.json"),
            new SettingPin("mail", "password", "correct horse", "environment", "HAWSER_SETTING_MAIL_PASSWORD_FILE"),
        ]);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("settings", "address", hawser);
    }
}
