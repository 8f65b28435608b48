using Hawser.Recording;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording;

public class RecordingNameTests
{
    [Fact]
    public void A_name_tells_what_was_recorded()
    {
        RecordingName.TryParse("outgoing_shop-till_3_20261121093000123_camera12_h264.mp4", out var name).ShouldBeTrue();
        (name!.Direction, name.PeerId, name.Display, name.Codec, name.Container).ShouldBe(("outgoing", "shop-till_3", "camera12", "h264", "mp4"));
        name.StartedAt.ShouldBe(new DateTime(2026, 11, 21, 9, 30, 0, 123, DateTimeKind.Utc));
        name.IsIncoming.ShouldBeFalse();
    }

    [Fact]
    public void A_time_that_is_none_does_not_spoil_the_name()
    {
        RecordingName.TryParse("incoming_1_20269921093000123_display0_vp9.webm", out var name).ShouldBeTrue();
        name!.StartedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.webm")]
    [InlineData("incoming_1_20261121093000123_display0_vp9.webm\n")]
    [InlineData("incoming_1_20261121093000123_display0_vp9.webm\0")]
    [InlineData("incoming_1_20261121093000123_display0_vp9.exe")]
    [InlineData("incoming_1_20261121093000123_display0_vp9.webm/..")]
    [InlineData("../incoming_1_20261121093000123_display0_vp9.webm")]
    [InlineData("incoming_../../x_20261121093000123_display0_vp9.webm")]
    [InlineData("incoming_a..b_20261121093000123_display0_vp9.webm")]
    [InlineData("incoming_a\\b_20261121093000123_display0_vp9.webm")]
    [InlineData("incoming_a:b_20261121093000123_display0_vp9.webm")]
    [InlineData("incoming__20261121093000123_display0_vp9.webm")]
    [InlineData("incoming_1_2026112109300012_display0_vp9.webm")]
    [InlineData("incoming_1_20261121093000123_display_vp9.webm")]
    [InlineData("incoming_1_20261121093000123_display0_vp9.WEBM")]
    [InlineData("Incoming_1_20261121093000123_display0_vp9.webm")]
    [InlineData("incoming_１_20261121093000123_display0_vp9.webm")]
    public void What_is_no_name_is_refused(string text) => RecordingName.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        RecordingName.TryParse($"incoming_{new string('9', 80)}_20261121093000123_display0_vp9.webm", out _).ShouldBeTrue();
        RecordingName.TryParse($"incoming_{new string('9', 82)}_20261121093000123_display0_vp9.webm", out _).ShouldBeFalse();
        RecordingName.TryParse($"incoming_{new string('9', 80)}_20261121093000123_display0_{new string('v', 30)}.webm", out _).ShouldBeFalse();
    }
}
