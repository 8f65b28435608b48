using Hawser.Bench.Machine;

namespace Hawser.Bench;

/// <summary>What every suite is given.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Tools">Generators, anchors and the server, built on first use.</param>
internal sealed record BenchContext(BenchArguments Arguments, Toolbox Tools)
{
    public string Seconds => Arguments.Seconds.ToString("0.###");
}
