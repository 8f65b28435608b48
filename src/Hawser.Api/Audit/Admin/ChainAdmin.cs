using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Audit.Admin;

/// <summary>
/// <c>POST /api/audits/console/verify</c>: what <c>hawser audit verify</c> checks, for who has only a browser. Ours.
/// </summary>
internal static class ChainAdmin
{
    // Reading the whole log is work for the database; one at a time is enough.
    private static readonly SemaphoreSlim One = new(1, 1);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/audits/console/verify", VerifyAsync).ForAdmins(Area.Audit, write: false)
            .WithSummary("Checks that no row of the console's log was changed or taken away since it was sealed.")
            .ReadsNothing().Answers<ChainAnswer>();

    private static async Task<IResult> VerifyAsync(HawserDb db, CancellationToken cancellationToken)
    {
        if (!await One.WaitAsync(0, cancellationToken))
        {
            return Problem.Conflict("The log is being checked already; try again in a while.", "busy");
        }

        try
        {
            var report = await ConsoleChain.VerifyAsync(db, cancellationToken);
            return ClientResults.Json(
                new ChainAnswer(
                    report.Faults.Count == 0, report.Rows, report.First, report.Last,
                    Convert.ToHexStringLower([.. report.Head]), report.Waiting, report.Faults),
                ChainJson.Default.ChainAnswer);
        }
        finally
        {
            One.Release();
        }
    }
}

/// <summary>What a check of the log found.</summary>
/// <param name="Ok">Nothing is wrong.</param>
/// <param name="Rows">Sealed rows.</param>
/// <param name="First">The number of the first; above 1 when retention removed older ones.</param>
/// <param name="Last">The number of the last; 0: none.</param>
/// <param name="Head">The hash of the last, to be kept elsewhere.</param>
/// <param name="Waiting">Rows that are not sealed yet.</param>
/// <param name="Faults">What is wrong, the first few.</param>
internal sealed record ChainAnswer(
    [property: JsonPropertyName("ok")] bool Ok, [property: JsonPropertyName("rows")] long Rows,
    [property: JsonPropertyName("first")] long First, [property: JsonPropertyName("last")] long Last,
    [property: JsonPropertyName("head")] string Head, [property: JsonPropertyName("waiting")] int Waiting,
    [property: JsonPropertyName("faults")] IReadOnlyList<string> Faults);

/// <summary>What it writes.</summary>
[JsonSerializable(typeof(ChainAnswer))]
internal sealed partial class ChainJson : JsonSerializerContext;
