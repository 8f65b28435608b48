using System.Text;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Jobs;

/// <summary>What an import would do, row by row.</summary>
internal sealed record ImportPlan
{
    private const int MostShown = 1000;
    private const int MostBytes = 8 << 20;

    /// <summary>Rows.</summary>
    [JsonPropertyName("total")]
    public int Total { get; init; }

    /// <summary>Rows that would be done.</summary>
    [JsonPropertyName("good")]
    public int Good { get; init; }

    /// <summary>Rows that can't.</summary>
    [JsonPropertyName("bad")]
    public int Bad { get; init; }

    /// <summary>Up to 1000 rows, those that can't be done first.</summary>
    [JsonPropertyName("rows")]
    public IReadOnlyList<ImportRow> Rows { get; init; } = [];

    /// <summary>A plan of these rows.</summary>
    public static ImportPlan Of(IReadOnlyList<ImportRow> rows) => new()
    {
        Total = rows.Count,
        Good = rows.Count(r => r.Error.Length == 0),
        Bad = rows.Count(r => r.Error.Length > 0),
        Rows = [.. rows.OrderBy(r => r.Error.Length == 0).ThenBy(r => r.Line).Take(MostShown)],
    };

    /// <summary>Reads the CSV of a request.</summary>
    /// <returns>The rows; or what to answer instead.</returns>
    public static async Task<(List<(int Line, Dictionary<string, string> Cells)>? Rows, IResult? Error)> ReadAsync(
        HttpContext context, string key, string[] columns)
    {
        var bytes = await ClientBody.ReadBytesAsync(context, MostBytes);
        if (bytes is null) return (null, Problem.Of(413, "too_large", "The file is larger than 8 MiB."));
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return (null, Problem.Invalid("The file is not UTF-8."));
        }

        var rows = CsvTable.Read(text, JobDesk.MostItems, out var complaint);
        if (complaint.Length > 0) return (null, Problem.Invalid(complaint));
        if (rows.Count == 0) return (null, Problem.Invalid("The file has no rows."));
        var unknown = rows[0].Cells.Keys.FirstOrDefault(k => !columns.Contains(k, StringComparer.Ordinal));
        if (unknown is not null)
        {
            var known = string.Join(", ", columns);
            return (null, Problem.Invalid($"There is no column \"{unknown}\"; there are {known}."));
        }

        return rows[0].Cells.ContainsKey(key) ? (rows, null)
            : (null, Problem.Invalid($"The column \"{key}\" is missing."));
    }

    /// <summary>Only says what it would do when that is asked, or when it can't do all of it.</summary>
    /// <returns>The answer; null: go on with the rows that are good.</returns>
    public IResult? Answer(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["dry_run"] == "1") return ClientResults.Json(this, ImportJson.Default.ImportPlan);
        if (Good == 0) return Problem.Invalid([.. Rows.Take(20).Select(r => $"Line {r.Line}: {r.Error}")], "rows");
        return Bad == 0 || query["skip_bad"] == "1" ? null
            : Problem.Invalid([.. Rows.Where(r => r.Error.Length > 0).Take(20)
                .Select(r => $"Line {r.Line}: {r.Error}")], "rows");
    }

    /// <summary>Which of some texts there are, asked a few hundred at a time.</summary>
    public static async Task<HashSet<string>> KnownAsync(
        IEnumerable<string> wanted, Func<string[], Task<List<string>>> find)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in wanted.Distinct(StringComparer.Ordinal).Chunk(500)) known.UnionWith(await find(some));
        return known;
    }

    /// <summary>The names in a column, as names are compared.</summary>
    public static IEnumerable<string> Names(
        IEnumerable<(int Line, Dictionary<string, string> Cells)> rows, string column) => rows
        .Select(r => r.Cells.GetValueOrDefault(column, "").Trim()).Where(n => n.Length > 0).Select(NameText.Normalize);

    /// <summary>How such a route describes itself.</summary>
    public static IEndpointConventionBuilder Describe(IEndpointConventionBuilder route) => route
        .Query("dry_run", "1: only say what would be done.")
        .Query("skip_bad", "1: leave out rows that can't be done; without it nothing is done then.")
        .ReadsBytes().Answers<ImportPlan>().Answers<JobItem>(StatusCodes.Status202Accepted);
}

/// <summary>A row of an import.</summary>
/// <param name="Line">Where it is in the file.</param>
/// <param name="Key">What it is about.</param>
/// <param name="Error">Why it can't be done; empty: it can.</param>
internal sealed record ImportRow(
    [property: JsonPropertyName("line")] int Line, [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("detail")] string Error)
{
    /// <summary>The item of the job.</summary>
    [JsonIgnore]
    public string Item { get; init; } = "";
}

/// <summary>What imports write, and keep as items.</summary>
[JsonSerializable(typeof(ImportPlan))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ImportJson : JsonSerializerContext;
