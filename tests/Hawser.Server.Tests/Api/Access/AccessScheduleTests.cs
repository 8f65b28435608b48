using Hawser.Api.Access;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

public class AccessScheduleTests
{
    private const string Office =
        """{"time_zone":"Europe/Berlin","windows":[{"days":["mon","tue","wed","thu","fri"],"from":"08:00","to":"18:00"}]}""";

    private const string Night =
        """{"time_zone":"UTC","windows":[{"days":["fri"],"from":"22:00","to":"06:00"}],"to_date":"2026-01-09"}""";

    [Theory]
    // Winter: Berlin is UTC+1. 2026-01-05 is a Monday.
    [InlineData("2026-01-05T06:59:59Z", false)]
    [InlineData("2026-01-05T07:00:00Z", true)]
    [InlineData("2026-01-05T16:59:59Z", true)]
    [InlineData("2026-01-05T17:00:00Z", false)]
    // Summer: UTC+2.
    [InlineData("2026-07-06T06:00:00Z", true)]
    [InlineData("2026-07-06T16:00:00Z", false)]
    // The weekend.
    [InlineData("2026-01-10T10:00:00Z", false)]
    // Monday there, Sunday in UTC: no office hours either way.
    [InlineData("2026-01-04T23:30:00Z", false)]
    public void Hours_are_those_of_the_time_zone_in_winter_and_in_summer(string utc, bool open) =>
        Parse(Office).IsOpenAt(Utc(utc)).ShouldBe(open);

    [Theory]
    // 2026-01-02 and -09 are Fridays.
    [InlineData("2026-01-02T21:59:00Z", false)]
    [InlineData("2026-01-02T22:00:00Z", true)]
    [InlineData("2026-01-03T05:59:00Z", true)]
    [InlineData("2026-01-03T06:00:00Z", false)]
    [InlineData("2026-01-03T23:00:00Z", false)]
    // The window belongs to the day on which it begins, also on the last day.
    [InlineData("2026-01-10T05:00:00Z", true)]
    [InlineData("2026-01-16T23:00:00Z", false)]
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_begins(string utc, bool open) =>
        Parse(Night).IsOpenAt(Utc(utc)).ShouldBe(open);

    [Theory]
    [InlineData("2026-02-28T23:59:59Z", false)]
    [InlineData("2026-03-01T00:00:00Z", true)]
    [InlineData("2026-03-31T23:59:59Z", true)]
    [InlineData("2026-04-01T00:00:00Z", false)]
    public void Dates_alone_open_every_hour_between_them(string utc, bool open) =>
        Parse("""{"from_date":"2026-03-01","to_date":"2026-03-31"}""").IsOpenAt(Utc(utc)).ShouldBe(open);

    [Fact]
    public void A_night_whose_clock_is_put_on_has_no_hour_that_does_not_exist()
    {
        // Berlin, 2026-03-29: 02:00 becomes 03:00.
        var schedule = Parse("""{"time_zone":"Europe/Berlin","windows":[{"from":"02:00","to":"03:00"}]}""");
        for (var minute = 0; minute < 180; minute++)
        {
            schedule.IsOpenAt(Utc("2026-03-29T00:00:00Z").AddMinutes(minute)).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(Office, "Mon–Fri 08:00–18:00 Europe/Berlin")]
    [InlineData(Night, "Fri 22:00–06:00 UTC, until 2026-01-09")]
    [InlineData("""{"windows":[{"days":["sat","sun"]},{"days":["mon","wed"],"from":"12:00","to":"24:00"}]}""",
        "Sat,Sun, Mon,Wed 12:00–24:00 UTC")]
    [InlineData("""{"from_date":"2026-03-01"}""", "UTC, from 2026-03-01")]
    public void It_is_told_in_words_short_enough_for_a_dialog(string json, string words) =>
        Parse(json).ToString().ShouldBe(words);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"time_zone":"Europe/Atlantis"}""")]
    [InlineData("""{"time_zone":null}""")]
    [InlineData("""{"windows":null}""")]
    [InlineData("""{"windows":[null]}""")]
    [InlineData("""{"windows":[{"days":["montag"]}]}""")]
    [InlineData("""{"windows":[{"days":[null]}]}""")]
    [InlineData("""{"windows":[{"from":"8:00","to":"18:00"}]}""")]
    [InlineData("""{"windows":[{"from":"08:00","to":"08:00"}]}""")]
    [InlineData("""{"windows":[{"from":"08:00","to":"24:01"}]}""")]
    [InlineData("""{"windows":[{"from":"24:00","to":"08:00"}]}""")]
    [InlineData("""{"windows":[{"from":"08:60","to":"18:00"}]}""")]
    [InlineData("""{"windows":[{"from":null,"to":"18:00"}]}""")]
    [InlineData("""{"from_date":"01.03.2026"}""")]
    [InlineData("""{"from_date":"2026-03-02","to_date":"2026-03-01"}""")]
    [InlineData("""{"windows":[{"from":8,"to":18}]}""")]
    public void What_makes_no_sense_is_refused_with_a_sentence(string json)
    {
        AccessSchedule.TryParse(json, out var schedule, out var error).ShouldBeFalse();
        schedule.ShouldBeNull();
        error.ShouldEndWith(".");
    }

    [Fact]
    public void Nothing_means_always()
    {
        AccessSchedule.TryParse("", out var schedule, out _).ShouldBeTrue();
        schedule.ShouldBeNull();
    }

    private static AccessSchedule Parse(string json)
    {
        AccessSchedule.TryParse(json, out var schedule, out var error).ShouldBeTrue(error);
        return schedule.ShouldNotBeNull();
    }

    private static DateTime Utc(string text) => DateTimeOffset.Parse(text).UtcDateTime;
}
