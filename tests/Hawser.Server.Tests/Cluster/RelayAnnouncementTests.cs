using System.Text;
using Hawser.Cluster;
using Hawser.Cluster.Announcing;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

public sealed class RelayAnnouncementTests
{
    private const string Key = "a-join-key-of-some-length";
    private static readonly RelayStatus Status = new("relay.example.com:21117", true, 12, 3_000_000_000, true);

    private readonly ManualTime _time = new();
    private readonly RelayAnnouncementVerifier _verifier;

    public RelayAnnouncementTests() => _verifier = new RelayAnnouncementVerifier(Key, _time);

    [Fact]
    public void What_was_signed_arrives_and_counts_once()
    {
        var sent = RelayAnnouncement.Sign(Status, Key, _time);
        RelayAnnouncement.TryRead(sent.ToJson(), out var received).ShouldBeTrue();
        received.ShouldBe(sent);
        received!.ToStatus().ShouldBe(Status);
        _verifier.Verify(received).ShouldBe(AnnouncementVerdict.Accepted);
        _verifier.Verify(received).ShouldBe(AnnouncementVerdict.Replayed);
        _verifier.Verify(RelayAnnouncement.Sign(Status, Key, _time)).ShouldBe(AnnouncementVerdict.Accepted);
    }

    [Fact]
    public void The_signature_is_the_documented_one()
    {
        // Computed apart: HMAC-SHA256 of the seven lines, for other people's relays.
        var announcement = new RelayAnnouncement("r:1", 2, 3, true, 1_767_323_045, new string('a', 32), "");
        announcement.CanonicalText
            .ShouldBe("hawser relay announcement 1\nr:1\n2\n3\n1\n1767323045\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
        Convert.ToHexStringLower(RelayAnnouncement.Mac(announcement, Key))
            .ShouldBe("07c4109768ab24240b75e9f7253721fd617b82e10b39ecefc21d30ea191ef4c0");
    }

    [Fact]
    public void Any_change_breaks_the_signature()
    {
        var good = RelayAnnouncement.Sign(Status, Key, _time);
        RelayAnnouncement[] forged =
        [
            good with { Address = "relay.example.com:21118" },
            good with { Pairs = 13 },
            good with { BytesPerSecond = 1 },
            good with { Draining = false },
            good with { UnixSeconds = good.UnixSeconds + 1 },
            good with { Nonce = new string('0', 32) },
            good with { Signature = new string('0', 64) },
        ];
        foreach (var announcement in forged)
        {
            _verifier.Verify(announcement).ShouldBe(AnnouncementVerdict.WrongSignature);
        }
        _verifier.Verify(RelayAnnouncement.Sign(Status, Key + "x", _time)).ShouldBe(AnnouncementVerdict.WrongSignature);
        _verifier.Verify(good).ShouldBe(AnnouncementVerdict.Accepted, "forgeries do not use up its nonce");
    }

    [Theory]
    [InlineData(-91, AnnouncementVerdict.WrongTime)]
    [InlineData(-90, AnnouncementVerdict.Accepted)]
    [InlineData(90, AnnouncementVerdict.Accepted)]
    [InlineData(91, AnnouncementVerdict.WrongTime)]
    public void Clocks_may_be_ninety_seconds_apart(int seconds, AnnouncementVerdict verdict)
    {
        var other = new ManualTime();
        if (seconds > 0) other.Advance(TimeSpan.FromSeconds(seconds));
        else _time.Advance(TimeSpan.FromSeconds(-seconds));
        _verifier.Verify(RelayAnnouncement.Sign(Status, Key, other)).ShouldBe(verdict);
    }

    [Fact]
    public void A_replay_is_refused_as_long_as_the_clock_would_let_it_pass()
    {
        var ahead = new ManualTime();
        ahead.Advance(TimeSpan.FromSeconds(90));
        var announcement = RelayAnnouncement.Sign(Status, Key, ahead);
        _verifier.Verify(announcement).ShouldBe(AnnouncementVerdict.Accepted);
        for (var i = 0; i < 180; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _verifier.Verify(RelayAnnouncement.Sign(Status, Key, _time)).ShouldBe(AnnouncementVerdict.Accepted);
            _verifier.Verify(announcement).ShouldBe(AnnouncementVerdict.Replayed);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        _verifier.Verify(announcement).ShouldBe(AnnouncementVerdict.WrongTime);
    }

    [Fact]
    public void The_memory_of_nonces_is_bounded_and_empties_with_time()
    {
        for (var i = 0; i < RelayAnnouncementVerifier.Capacity; i++)
        {
            _verifier.Verify(RelayAnnouncement.Sign(Status, Key, _time)).ShouldBe(AnnouncementVerdict.Accepted);
        }

        _verifier.Verify(RelayAnnouncement.Sign(Status, Key, _time)).ShouldBe(AnnouncementVerdict.Busy);
        _time.Advance(TimeSpan.FromSeconds(91));
        _verifier.Verify(RelayAnnouncement.Sign(Status, Key, _time)).ShouldBe(AnnouncementVerdict.Accepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""
        {"address":null,"pairs":0,"bytesPerSecond":0,"draining":false,"unixSeconds":0,"nonce":null,"signature":null}
        """)]
    [InlineData("""
        {"address":"r","pairs":1e99,"bytesPerSecond":0,"draining":false,"unixSeconds":0,"nonce":"","signature":""}
        """)]
    [InlineData("{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{")]
    public void Bodies_that_are_no_announcement_are_not_read(string json) =>
        RelayAnnouncement.TryRead(Encoding.UTF8.GetBytes(json), out _).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a b")]
    [InlineData("relay.example.com/path")]
    [InlineData("u@relay")]
    public void An_address_that_could_be_something_else_is_refused_on_both_sides(string address)
    {
        Should.Throw<ArgumentException>(() => RelayAnnouncement.Sign(Status with { Address = address }, Key, _time));
        var forged = RelayAnnouncement.Sign(Status, Key, _time) with { Address = address };
        _verifier.Verify(forged).ShouldBe(AnnouncementVerdict.Malformed);
        RelayAnnouncement.TryRead(forged.ToJson(), out _).ShouldBeFalse();
    }

    [Fact]
    public void Other_fields_have_their_form_too()
    {
        var good = RelayAnnouncement.Sign(Status, Key, _time);
        foreach (var bad in (RelayAnnouncement[])
        [
            good with { Pairs = -1 },
            good with { BytesPerSecond = -1 },
            good with { Nonce = good.Nonce.ToUpperInvariant() + "0" },
            good with { Signature = good.Signature[1..] },
            good with { Signature = "zz" + good.Signature[2..] },
            good with { Address = new string('a', 300) },
        ])
        {
            _verifier.Verify(bad).ShouldBe(AnnouncementVerdict.Malformed);
        }

        _verifier.Verify(good with { UnixSeconds = long.MaxValue }).ShouldBe(AnnouncementVerdict.WrongSignature);
        RelayAnnouncement.TryRead(new byte[RelayAnnouncement.MaxBodyLength + 1], out _).ShouldBeFalse();
    }

    [Fact]
    public void A_join_key_that_could_be_guessed_is_refused()
    {
        Should.Throw<ArgumentException>(() => new RelayAnnouncementVerifier("short", _time));
        Should.Throw<ArgumentException>(() => new RelayAnnouncementVerifier("               x                ", _time));
        Should.Throw<ArgumentException>(() => RelayAnnouncement.Sign(Status, "", _time));
        var spaced = new RelayAnnouncementVerifier($"  {Key}\n", _time);
        spaced.Verify(RelayAnnouncement.Sign(Status, Key, _time))
            .ShouldBe(AnnouncementVerdict.Accepted, "a file ends with a line break");
    }
}
