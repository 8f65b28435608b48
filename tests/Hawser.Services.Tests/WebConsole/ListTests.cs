using System.Globalization;
using System.Text;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// What the console's lists can do, in a real Chromium (web/tests/browser/lists.mjs); the numbers are those of the
/// console's scenarios.
/// </summary>
public sealed class ListTests
{
    // The last one of the fleet, so that it is on the first page when the newest id comes first.
    private const int Beating = 1239;

    [Fact]
    public Task S12_rows_stay_and_what_is_new_waits()
    {
        var arguments = new Dictionary<string, string>
        {
            ["id"] = (100_000_000 + (Beating * 7919)).ToString(CultureInfo.InvariantCulture),
            ["uuid"] = Convert.ToBase64String(Encoding.ASCII.GetBytes($"machine-{Beating}")),
        };
        return ConsoleTests.RunAsync("live", "lists.mjs", arguments);
    }

    [Fact]
    public Task S13_all_that_match_stopped_and_undone() => ConsoleTests.RunAsync("bulk", "lists.mjs");

    [Fact]
    public Task S15_with_the_keyboard_only() => ConsoleTests.RunAsync("keyboard", "lists.mjs");

    [Fact]
    public Task Columns_and_views_are_kept() => ConsoleTests.RunAsync("views", "lists.mjs");

    [Fact]
    public Task T13_lists_are_exported_and_long_ones_stay_quick() => ConsoleTests.RunAsync("exports", "lists.mjs");
}
