using Hawser.Protocol.Identity;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Identity;

public class AddressListTests
{
    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("203.0.113.77/24", "203.0.113.1", true)]
    [InlineData("0.0.0.0/0", "9.9.9.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("2001:db8::/65", "2001:db8:0:0:8000::1", false)]
    [InlineData("::/0", "1.2.3.4", true)]
    [InlineData("198.51.100.9/32", "198.51.100.9", true)]
    [InlineData("198.51.100.9/32", "198.51.100.8", false)]
    public void Entries_match_in_the_normal_form(string entry, string address, bool listed)
    {
        AddressList.TryParse([entry], out var list, out _).ShouldBeTrue();
        PeerAddress.TryParse(address, out var parsed).ShouldBeTrue();
        list.Contains(parsed).ShouldBe(listed);
    }

    [Theory]
    [InlineData("203.0.113.7/33")]
    [InlineData("nonsense")]
    [InlineData("2001:db8::/129")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/")]
    public void What_is_neither_address_nor_network_is_named(string entry)
    {
        AddressList.TryParse(["1.1.1.1", entry], out _, out var bad).ShouldBeFalse();
        bad.ShouldBe(entry);
    }

    [Fact]
    public void Blank_entries_are_skipped_and_an_empty_list_matches_nothing()
    {
        AddressList.TryParse(["", "  "], out var list, out _).ShouldBeTrue();
        list.IsEmpty.ShouldBeTrue();
        list.Contains(PeerAddress.FromIPv4(0, 0)).ShouldBeFalse();
    }
}
