using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser.Bench.Reports;

/// <summary>One measured window: named numbers, most of them from a generator's line of JSON.</summary>
internal sealed class Sample
{
    private readonly JsonObject _values;

    private Sample(JsonObject values) => _values = values;

    public JsonObject Json => _values;

    public double this[string name] => _values[name]?.GetValue<double>() ?? double.NaN;

    /// <summary>The share of the machine that others used or that the host took away.</summary>
    public double Disturbance => (_values.ContainsKey("foreign") ? this["foreign"] : 0)
        + (_values.ContainsKey("steal") ? this["steal"] : 0);

    public double GigabytesPerSecond => this["bytes"] / this["seconds"] / 1e9;

    public double CpuPerGigabyte => this["server_cpu"] / (this["bytes"] / 1e9);

    public double CpuMicrosecondsPer(string count) => this["server_cpu"] * 1e6 / this[count];

    public double PerSecond(string count) => this[count] / this["seconds"];

    public static Sample Parse(string output)
    {
        var line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last(l => l.StartsWith('{'));
        var read = JsonSerializer.Deserialize<JsonObject>(line)!;
        var values = new JsonObject();
        foreach (var (name, value) in read)
        {
            if (value!.GetValueKind() == JsonValueKind.Number) values[name] = value.GetValue<JsonElement>().GetDouble();
        }

        return new Sample(values);
    }

    public static Sample Of(params (string Name, double Value)[] values)
    {
        var made = new JsonObject();
        // What is no number was not measured, and is left out.
        foreach (var (name, value) in values.Where(v => double.IsFinite(v.Value))) made[name] = value;
        return new Sample(made);
    }

    public Sample With(string name, double value)
    {
        if (double.IsFinite(value)) _values[name] = value;
        return this;
    }
}
