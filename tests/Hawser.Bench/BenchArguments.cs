using System.Globalization;

namespace Hawser.Bench;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchArguments
{
    public string Suite { get; init; } = "";

    public int Rounds { get; init; } = 5;

    public double Seconds { get; init; } = 2;

    public double Minutes { get; init; } = 30;

    public int Pairs { get; init; }

    public int Devices { get; init; } = 100_000;

    public double Gigabytes { get; init; } = 10;

    public double MaxForeign { get; init; } = 0.15;

    public string Json { get; init; } = "";

    public string Markdown { get; init; } = "";

    public string Hawser { get; init; } = "";

    public string Bind { get; init; } = "";

    public string Work { get; init; } = Path.Combine(Path.GetTempPath(), "hawser-bench-" + Environment.UserName);

    public static BenchArguments Parse(string[] args)
    {
        var read = new BenchArguments { Suite = args.Length > 0 ? args[0] : "" };
        for (var i = 1; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException(args[i] + " needs a value");
            read = args[i++] switch
            {
                "--rounds" => read with { Rounds = Whole(value) },
                "--seconds" => read with { Seconds = Number(value) },
                "--minutes" => read with { Minutes = Number(value) },
                "--pairs" => read with { Pairs = Whole(value) },
                "--devices" => read with { Devices = Whole(value) },
                "--gigabytes" => read with { Gigabytes = Number(value) },
                "--max-foreign" => read with { MaxForeign = Number(value) },
                "--json" => read with { Json = Path.GetFullPath(value) },
                "--markdown" => read with { Markdown = Path.GetFullPath(value) },
                "--hawser" => read with { Hawser = Path.GetFullPath(value) },
                "--bind" => read with { Bind = value },
                "--work" => read with { Work = Path.GetFullPath(value) },
                var unknown => throw new ArgumentException("unknown option " + unknown),
            };
        }

        return read;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
