using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary>Answers to edits: 200 and zero bytes, or the reason in the reader's words (reference §6.6).</summary>
internal static class Mutation
{
    public static IResult Answer(string? refusal) =>
        refusal is null ? ClientResults.Empty : ClientResults.Error(StatusCodes.Status200OK, refusal);

    /// <summary>The texts of a list that can be stored at all; JSON may hold null in it.</summary>
    public static string[] Words(IReadOnlyList<string> sent) =>
        [.. sent.Where(t => t is not null && BookText.IsWord(t, BookLimits.Id))];
}
