namespace Hawser.Bench.Reports;

/// <summary>A goal of the performance plan: a figure, its bar, and whether it was reached.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Anchor">Against what.</param>
/// <param name="Value">What was measured; not a number when it could not be.</param>
/// <param name="Bar">The bar.</param>
/// <param name="AtLeast">True when more is better.</param>
/// <param name="Unit">Behind the figures; empty for ratios.</param>
internal sealed record Goal(string Name, string Anchor, double Value, double Bar, bool AtLeast, string Unit = "x")
{
    public bool IsMeasured => double.IsFinite(Value);

    public bool IsReached => IsMeasured && (AtLeast ? Value >= Bar : Value <= Bar);

    public string Verdict => !IsMeasured ? "not measured" : IsReached ? "reached" : "**missed**";

    public string BarText => $"{(AtLeast ? ">=" : "<=")} {Figures.Text(Bar)} {Unit}".TrimEnd();

    public string ValueText => IsMeasured ? $"{Figures.Text(Value)} {Unit}".TrimEnd() : "-";
}
