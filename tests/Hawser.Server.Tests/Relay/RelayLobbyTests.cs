using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Hawser.Relay;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Relay;

/// <summary>Legs that come in while the relay stops: none may be left behind, because the stop waits for all.</summary>
public sealed class RelayLobbyTests
{
    [Fact]
    public async Task A_leg_that_joins_while_the_relay_begins_to_stop_is_dismissed_or_refused()
    {
        using var start = new Barrier(2);
        for (var round = 0; round < 3000; round++)
        {
            var context = Context(new TicketBook());
            var leg = new IdleLeg();
            var joining = Task.Run(() =>
            {
                start.SignalAndWait();
                return context.Lobby.Join(leg, out _);
            });
            start.SignalAndWait();
            context.Admission.IsDraining = true;
            foreach (var waiting in context.Lobby.Entries.OfType<RelayLeg>())
            {
                if (context.Lobby.TryLeave(waiting)) waiting.Dismiss();
            }

            var outcome = await joining;
            (outcome == JoinOutcome.Draining || leg.IsDismissed).ShouldBeTrue($"round {round}: {outcome}");
            context.Lobby.Entries.ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_pair_that_is_made_behind_the_back_of_the_stop_is_ended()
    {
        RelayContext context = null!;
        var roster = new StoppingRoster(() =>
        {
            // All of the stop happens between the look at the flag and the pair.
            context.Admission.IsDraining = true;
            context.Lobby.Entries.OfType<RelayPair>().ShouldBeEmpty();
        });
        context = Context(roster);
        context.Lobby.Join(new IdleLeg(), out _).ShouldBe(JoinOutcome.Waiting);
        var second = new IdleLeg();
        context.Lobby.Join(second, out var pair).ShouldBe(JoinOutcome.Paired);
        ((IdlePair)pair!).Requested.ShouldBe(RelayEnd.Shutdown);
    }

    private static RelayContext Context(IRelayRoster roster) => new(
        new RelayOptions { KnownTicketsOnly = true, SingleBandwidth = 0, TotalBandwidth = 0 },
        new RelayParts("", roster, new NodeHeartbeat(TimeProvider.System, _ => { }), TimeProvider.System,
            NullLoggerFactory.Instance, null, null, Path.GetTempPath()));

    private sealed class StoppingRoster(Action onAsked) : IRelayRoster
    {
        public void Configure(IEnumerable<string> addresses) { }

        public void Override(IEnumerable<string> added, IEnumerable<string> disabled) { }

        public void Announce(RelayStatus status) { }

        public void Check(string address, bool answers) { }

        public string Choose(RelayRequest request) => "";

        public RelayChoice Explain(RelayRequest request) => new("", RelayReason.None, []);

        public IReadOnlyList<RelayStatus> List() => [];

        public void Expect(string ticket) { }

        public bool IsExpected(string ticket)
        {
            onAsked();
            return true;
        }
    }

    private sealed class IdleLeg : RelayLeg
    {
        private volatile bool _dismissed;

        public IdleLeg() : base(PeerAddress.FromIPv4(0x7F000001, 1)) => Ticket = "ticket";

        public bool IsDismissed => _dismissed;

        public override RelayPair PairWith(RelayLeg waiting) => new IdlePair(waiting, this);

        public override ValueTask<PumpLeg> ReleaseAsync() => throw new NotSupportedException();

        public override bool HasVanished() => false;

        public override void Dismiss() => _dismissed = true;
    }

    private sealed class IdlePair(RelayLeg first, RelayLeg second) : RelayPair(first, second)
    {
        public RelayEnd Requested { get; private set; }

        public override void RequestEnd(RelayEnd end) => Requested = end;
    }
}
