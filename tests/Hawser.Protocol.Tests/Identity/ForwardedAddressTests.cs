using Hawser.Protocol.Identity;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Identity;

public class ForwardedAddressTests
{
    [Theory]
    [InlineData("", "", null)]
    [InlineData("", "1.2.3.4", "1.2.3.4")]
    [InlineData("  ", " ::ffff:1.2.3.4 ", "1.2.3.4")]
    [InlineData("", "nonsense", null)]
    [InlineData("", "0.0.0.0", null)]
    [InlineData("1.2.3.4", "", "1.2.3.4")]
    [InlineData("6.6.6.6, 1.2.3.4", "", "1.2.3.4")]
    [InlineData("6.6.6.6,1.2.3.4 , 10.0.0.7,10.0.0.8", "", "1.2.3.4")]
    [InlineData("10.0.0.9, 10.0.0.7", "", "10.0.0.9")]
    [InlineData("6.6.6.6, rubbish, 10.0.0.7", "", "10.0.0.7")]
    [InlineData("6.6.6.6, rubbish", "", null)]
    [InlineData("6.6.6.6,", "", null)]
    [InlineData("[2001:db8::1]:99", "", "2001:db8::1")]
    [InlineData("1.2.3.4:4711", "", "1.2.3.4")]
    [InlineData("1.2.3.4", "6.6.6.6", "1.2.3.4")]
    [InlineData("rubbish", "6.6.6.6", null)]
    public void The_last_hop_that_is_no_proxy_counts_and_the_other_header_only_without_a_chain(
        string chain, string real, string? expected)
    {
        AddressList.TryParse(["10.0.0.0/8"], out var proxies, out _).ShouldBeTrue();
        var client = ForwardedAddress.Read(chain, real, proxies.Contains);
        client?.ToString().ShouldBe(expected);
        client.HasValue.ShouldBe(expected is not null);
    }

    [Fact]
    public void An_endless_chain_costs_nothing_and_hides_nothing()
    {
        var chain = string.Join(',', Enumerable.Repeat("10.0.0.7", 100_000)) + ",1.2.3.4";
        ForwardedAddress.Read(chain, "", _ => false)!.Value.ToString().ShouldBe("1.2.3.4");
        ForwardedAddress.Read(chain, "", a => a.IsIPv4).ShouldNotBeNull();
    }
}
