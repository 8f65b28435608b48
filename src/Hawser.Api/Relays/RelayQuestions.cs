using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Relays;

/// <summary>What is asked of relays: whether one works, and which one somebody would be told.</summary>
internal static class RelayQuestions
{
    public static void Map(IEndpointRouteBuilder routes, string path)
    {
        routes.MapPost(path + "/{address}/test", TestAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.RelaysEdit)
            .WithSummary("Has two ends meet at a relay, with this server's key and with another; in 8 seconds.")
            .ReadsNothing().Answers<RelayTestReply>();
        routes.MapGet(path + "/choice", Choice)
            .ForAdmins(Area.Setting, write: false, AdminRight.RelaysView)
            .WithSummary("Which relay somebody would be told now, and why.")
            .Query("address", "The address of the caller, with or without a port.").Answers<RelayChoiceReply>();
    }

    // Only relays that are known: the server is no port scanner.
    private static async Task<IResult> TestAsync(string address, ApiParts parts, CancellationToken cancellationToken)
    {
        if (RelaysApi.Find(parts, address) is not { } relay || parts.TryRelay is not { } test)
        {
            return Problem.NotFound("relay");
        }

        var trial = await test(relay.Address, cancellationToken);
        return ClientResults.Json(
            new RelayTestReply(
                trial.ConnectMilliseconds is not null && trial.Key == RelayKeyMatch.Matches,
                trial.ConnectMilliseconds, trial.Error, trial.Key switch
                {
                    RelayKeyMatch.Matches => "matches",
                    RelayKeyMatch.Refused => "refused",
                    RelayKeyMatch.AsksForNone => "none_asked",
                    _ => "unknown",
                }),
            RelayQuestionsJson.Default.RelayTestReply);
    }

    private static IResult Choice(string? address, ApiParts parts)
    {
        if (!PeerAddress.TryParse(address ?? "", out var peer))
        {
            return Problem.Invalid("Give the address as 203.0.113.7 or 2001:db8::7.", "address");
        }

        var choice = parts.ExplainRelay?.Invoke(peer) ?? new RelayChoice("", RelayReason.None, []);
        return ClientResults.Json(
            new RelayChoiceReply(choice.Address, choice.Reason switch
            {
                RelayReason.Only => "only",
                RelayReason.Turn => "turn",
                RelayReason.FewerPairs => "fewer_pairs",
                RelayReason.LastGood => "last_good",
                RelayReason.Local => "local",
                _ => "none",
            }, choice.Candidates),
            RelayQuestionsJson.Default.RelayChoiceReply);
    }
}

/// <summary>How a relay did when it was tried.</summary>
/// <param name="Ok">It was reached, and pairs who has the key and nobody else.</param>
/// <param name="ConnectMs">Until it was reached; null: it was not.</param>
/// <param name="Complaint">Why it was not reached; empty: it was.</param>
/// <param name="Key">matches, refused, none_asked or unknown.</param>
internal sealed record RelayTestReply(bool Ok, int? ConnectMs, string Complaint, string Key);

/// <summary>Which relay somebody would be told.</summary>
/// <param name="Relay">The relay; empty: none, clients then try the ID server's address.</param>
/// <param name="Reason">only, turn, fewer_pairs, last_good, local or none.</param>
/// <param name="Candidates">Among which it was chosen.</param>
internal sealed record RelayChoiceReply(string Relay, string Reason, IReadOnlyList<string> Candidates);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RelayTestReply))]
[JsonSerializable(typeof(RelayChoiceReply))]
internal sealed partial class RelayQuestionsJson : JsonSerializerContext;
