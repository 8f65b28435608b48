using System.Text;
using System.Text.Json.Nodes;

namespace Hawser.Bench.Reports;

/// <summary>What one suite found: tables, goals with verdicts, and what a reader must know.</summary>
internal sealed class SuiteReport(string name, string title)
{
    private readonly StringBuilder _text = new();
    private readonly List<Goal> _goals = [];
    private readonly JsonArray _samples = [];

    public string Name { get; } = name;

    public IReadOnlyList<Goal> Goals => _goals;

    public void Note(string text) => _text.Append(text).Append("\n\n");

    public void Table(string[] head, IEnumerable<string[]> rows)
    {
        _text.Append("| ").AppendJoin(" | ", head).Append(" |\n|").AppendJoin('|', head.Select(_ => "---")).Append("|\n");
        foreach (var row in rows) _text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        _text.Append('\n');
    }

    public void Add(Goal goal) => _goals.Add(goal);

    public void Keep(string candidate, Sample sample) =>
        _samples.Add(new JsonObject { ["candidate"] = candidate, ["values"] = sample.Json.DeepClone() });

    public string ToMarkdown(string command)
    {
        var text = new StringBuilder($"## {title}\n\n`{command}`\n\n").Append(_text);
        if (_goals.Count == 0) return text.ToString();
        text.Append("| goal | against | measured | bar | verdict |\n|---|---|---|---|---|\n");
        foreach (var g in _goals)
        {
            text.Append($"| {g.Name} | {g.Anchor} | {g.ValueText} | {g.BarText} | {g.Verdict} |\n");
        }

        return text.Append('\n').ToString();
    }

    public JsonObject ToJson() => new()
    {
        ["suite"] = Name,
        ["goals"] = new JsonArray([.. _goals.Select(g => (JsonNode)new JsonObject
        {
            ["goal"] = g.Name,
            ["against"] = g.Anchor,
            ["measured"] = g.IsMeasured ? g.Value : null,
            ["bar"] = g.BarText,
            ["reached"] = g.IsReached,
        })]),
        ["samples"] = _samples.DeepClone(),
    };
}
