using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Files.Client;

/// <summary><c>POST /lic/web/api/plugin-sign</c> (reference §14.5); bytes are arrays of numbers.</summary>
internal static class PluginSignEndpoint
{
    private const int MaxMessage = 4096;

    public static async Task<IResult> HandleAsync(HttpContext context, PluginSigner signer)
    {
        if (!signer.IsOn) return ClientResults.Error(404, "This server signs no plugins.");
        var body = await ClientBody.ReadAsync(context, FilesJson.Default.PluginBody);
        if (body.Value is not { } said) return body.Error!;
        if (said.Message is not { Length: > 0 and <= MaxMessage } message
            || Array.Exists(message, b => b is < 0 or > 255))
        {
            return ClientResults.Error(400, "The message is not an array of bytes.");
        }

        var signed = signer.Sign(Array.ConvertAll(message, b => (byte)b));
        return ClientResults.Json(
            new PluginAnswer(Array.ConvertAll(signed, b => (int)b)), FilesJson.Default.PluginAnswer);
    }
}

/// <summary>The body; everything may be missing.</summary>
internal sealed record PluginBody
{
    [JsonPropertyName("plugin_id")]
    public string? PluginId { get; init; }

    [JsonPropertyName("version")]
    public string? Version { get; init; }

    [JsonPropertyName("msg")]
    public int[]? Message { get; init; }
}

/// <summary>The answer.</summary>
/// <param name="Signed">The signature and the message.</param>
internal sealed record PluginAnswer([property: JsonPropertyName("signed_msg")] int[] Signed);
