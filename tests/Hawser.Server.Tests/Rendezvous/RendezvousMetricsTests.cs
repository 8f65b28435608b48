using Hawser.Rendezvous;
using Hawser.Rendezvous.Introducing;
using Hawser.Rendezvous.Registering;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>The tables behind the instruments are sized by constants; these hold them to their enums.</summary>
public sealed class RendezvousMetricsTests
{
    [Fact]
    public void EveryKindOfBudgetHasItsPlace()
    {
        SourceBudgets.Kinds.ShouldBe(Enum.GetValues<BudgetKind>().Length);
        using var metrics = new RendezvousMetrics(null);
        foreach (var kind in Enum.GetValues<BudgetKind>())
        {
            metrics.OverBudget(kind);
            metrics.Refusals(kind).ShouldBe(1);
        }
    }

    [Fact]
    public void EveryOutcomeHasItsPlace()
    {
        using var metrics = new RendezvousMetrics(null);
        foreach (var outcome in Enum.GetValues<IntroductionOutcome>())
        {
            metrics.Introduction(outcome);
            metrics.Introductions(outcome).ShouldBe(1);
        }

        foreach (var outcome in Enum.GetValues<PushOutcome>())
        {
            metrics.Pushed(outcome);
            metrics.Pushes(outcome).ShouldBe(1);
        }
    }
}
