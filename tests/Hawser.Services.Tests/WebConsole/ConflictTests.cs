using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>Two people who edit the same thing, in two browsers (web/tests/browser/conflict.mjs).</summary>
public sealed class ConflictTests
{
    [Fact]
    public async Task Two_people_edit_one_person_and_what_both_changed_is_asked_for()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        var nils = await api.AddUserAsync("nils");
        await BrowserRun.PlayAsync("conflict", "user", hawser, new { guid = nils.Guid });
    }

    [Fact]
    public async Task Two_people_edit_one_page_of_the_settings_and_the_second_keeps_the_own_value()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("conflict", "setting", hawser);
    }

    [Fact]
    public async Task Two_people_set_options_of_one_strategy_and_what_each_set_alone_holds()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("conflict", "strategy", hawser);
    }
}
