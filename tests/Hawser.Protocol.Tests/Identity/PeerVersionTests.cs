using Hawser.Protocol.Identity;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Identity;

public sealed class PeerVersionTests
{
    [Theory]
    [InlineData("1.4.9", 1004090)]
    [InlineData("1.2.3", 1002030)]
    [InlineData("1.1.10", 1001100)]
    [InlineData("1.2.3-4", 1002034)]
    [InlineData("", 0)]
    [InlineData("nonsense", 0)]
    [InlineData("99999999999999999999.1", 10)]
    public void A_version_is_a_number(string text, long number) => PeerVersion.ToNumber(text).ShouldBe(number);
}
