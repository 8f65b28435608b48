using System.Globalization;
using System.Text;

namespace Hawser.Server.Metrics;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4.</summary>
internal sealed class PrometheusWriter
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);

    /// <summary>Writes one instrument with all its series; nothing when it has none yet.</summary>
    public void Write(InstrumentSeries instrument)
    {
        var series = instrument.All.ToList();
        var name = Name(instrument.Instrument.Name, instrument.Instrument.Unit, instrument.Kind);
        if (series.Count == 0 || !_families.Add(name)) return;
        var help = instrument.Instrument.Description ?? "";
        if (help.Length > 0) _text.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(help)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(instrument.Kind.ToString().ToLowerInvariant())
            .Append('\n');
        foreach (var (labels, one) in series)
        {
            if (instrument.Kind == SeriesKind.Histogram) WriteHistogram(name, labels, instrument.Bounds, one);
            else Line(name, labels, one.Read().Value);
        }
    }

    /// <summary><c>hawser.relay.bytes</c> in <c>By</c> as a counter becomes <c>hawser_relay_bytes_total</c>.</summary>
    public static string Name(string name, string? unit, SeriesKind kind)
    {
        var text = new StringBuilder();
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or ':' ? c : '_');
        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text.Insert(0, '_');
        var suffix = unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "1" when kind == SeriesKind.Gauge => "_ratio",
            _ => "",
        };
        if (suffix.Length > 0 && !EndsWith(text, suffix)) text.Append(suffix);
        if (kind == SeriesKind.Counter && !EndsWith(text, "_total")) text.Append("_total");
        return text.ToString();
    }

    /// <summary>Tags as <c>a="x",b="y"</c>, sorted, escaped.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var sorted = tags.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var text = new StringBuilder();
        foreach (var (key, value) in sorted)
        {
            if (text.Length > 0) text.Append(',');
            foreach (var c in key) text.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
            var shown = value is IFormattable f ? f.ToString(null, CultureInfo.InvariantCulture) : value?.ToString()
                ?? "";
            text.Append("=\"").Append(EscapeLabel(shown)).Append('"');
        }

        return text.ToString();
    }

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    public static string EscapeLabel(string value) => EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    public static string EscapeHelp(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings("\\n");

    public override string ToString() => _text.ToString();

    private static bool EndsWith(StringBuilder text, string suffix) =>
        text.Length >= suffix.Length && text.ToString(text.Length - suffix.Length, suffix.Length) == suffix;

    private void WriteHistogram(string name, string labels, double[] bounds, Series series)
    {
        var (sum, measured, buckets) = series.Read();
        var separator = labels.Length > 0 ? "," : "";
        long below = 0;
        for (var i = 0; i < bounds.Length; i++)
        {
            below += buckets[i];
            Line(name + "_bucket", $"{labels}{separator}le=\"{Number(bounds[i])}\"", below);
        }

        Line(name + "_bucket", $"{labels}{separator}le=\"+Inf\"", measured);
        Line(name + "_sum", labels, sum);
        Line(name + "_count", labels, measured);
    }

    private void Line(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }
}
