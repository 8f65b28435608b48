using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Jobs;

/// <summary>Which rows of a bin are restored or purged; every bin asks the same.</summary>
internal static class BinWork
{
    private const int AtOnce = 500;

    /// <summary>Reads what is asked for, as a job's request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="word">What the rows are, for the answer.</param>
    /// <param name="countShown">How many of some rows the caller sees; null: he sees all of them, also by a job that
    /// says which are gone.</param>
    /// <returns>The request and its rows; or what to answer instead.</returns>
    public static async Task<(BinBody? Body, JobRequest? Request, IResult? Refusal)> ReadAsync(
        HttpContext context, string word, Func<Guid[], Task<int>>? countShown)
    {
        var (body, error) = await OwnBody.ReadAsync(context, BinWorkJson.Default.BinBody, 2 << 20);
        if (body is null) return (null, null, error!);
        if (body.Guids is not { Count: > 0 } named)
        {
            return (null, null, Problem.Invalid($"guids says which {word}s.", "guids"));
        }

        if (body.Reason is { Length: > 500 })
        {
            return (null, null, Problem.Invalid("A reason has at most 500 characters.", "reason"));
        }

        Guid[] guids = [.. named.Distinct()];
        var shown = countShown is null ? guids.Length : 0;
        if (countShown is not null)
        {
            foreach (var some in guids.Chunk(AtOnce)) shown += await countShown(some);
        }

        if (shown != guids.Length)
        {
            return (null, null, Problem.NotFound($"deleted {word} for you to do this to, at least one of them"));
        }

        var args = new Dictionary<string, string>(StringComparer.Ordinal) { ["by"] = CurrentUser.Of(context).Name };
        if (!string.IsNullOrWhiteSpace(body.Reason)) args["reason"] = body.Reason.Trim();
        if (!string.IsNullOrWhiteSpace(body.Name)) args["new_name"] = body.Name.Trim();
        return (body with { Guids = guids }, new JobRequest { Args = args, Items = [.. guids.Select(g => $"{g}")] },
            null);
    }
}

/// <summary>Which rows of a bin.</summary>
internal sealed record BinBody
{
    internal const string Example = """{"guids":["0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11"],"reason":"retired"}""";

    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Why; for the log.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>Of one account: its name from now on, where another one has the old name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }
}

/// <summary>How it is read.</summary>
[JsonSerializable(typeof(BinBody))]
internal sealed partial class BinWorkJson : JsonSerializerContext;
