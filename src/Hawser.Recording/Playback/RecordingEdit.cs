using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>What may be changed of a recording; what is missing stays.</summary>
internal sealed record RecordingEdit
{
    /// <summary>What people call it, one line, at most 200 characters; null takes it away.</summary>
    public string? Title { get; init; }

    /// <summary>What people say of it, at most 4000 characters; null takes it away.</summary>
    public string? Note { get; init; }

    /// <summary>Whether it is kept from being deleted, by people and by its age; for administrators.</summary>
    public bool? Held { get; init; }

    /// <summary>Why it is held or released, one line, at most 200 characters; for the log.</summary>
    public string? Reason { get; init; }

    /// <summary>The longest reason.</summary>
    internal const int LongestReason = 200;

    private const int MostBytes = 32 << 10;

    /// <summary>Reads a body; null after it was refused.</summary>
    public static async Task<RecordChange?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes) return await BadAsync(context, 413, "The body is too long.");
        using var bytes = new MemoryStream();
        var block = new byte[4096];
        int read;
        while ((read = await context.Request.Body.ReadAsync(block, context.RequestAborted)) > 0)
        {
            if (bytes.Length + read > MostBytes) return await BadAsync(context, 413, "The body is too long.");
            bytes.Write(block, 0, read);
        }

        var (change, complaint) = Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        return change ?? await BadAsync(context, 400, complaint);
    }

    private static async Task<RecordChange?> BadAsync(HttpContext context, int status, string complaint)
    {
        await PlaybackAnswers.RefuseAsync(context, status, complaint);
        return null;
    }

    private static (RecordChange? Change, string Complaint) Parse(ReadOnlyMemory<byte> bytes)
    {
        JsonDocument body;
        try
        {
            body = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException)
        {
            return (null, "The body is not JSON.");
        }

        using (body)
        {
            var root = body.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return (null, "The body has to be an object.");
            if (!TryText(root, "title", RecordingRow.TitleLength, lines: false, out var title, out var complaint)
                || !TryText(root, "note", RecordingRow.NoteLength, lines: true, out var note, out complaint)
                || !TryText(root, "reason", LongestReason, lines: false, out var reason, out complaint))
            {
                return (null, complaint);
            }

            bool? held = null;
            if (root.TryGetProperty("held", out var flag))
            {
                if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                {
                    return (null, "held has to be true or false.");
                }

                held = flag.GetBoolean();
            }

            var change = new RecordChange(title, note, held) { Reason = reason is { Length: > 0 } ? reason : null };
            return change.IsEmpty ? (null, "There is nothing to change: title, note or held.") : (change, "");
        }
    }

    // Missing is null, and null is empty.
    private static bool TryText(
        JsonElement root, string name, int most, bool lines, out string? text,
        [NotNullWhen(false)] out string? complaint)
    {
        (text, complaint) = (null, null);
        if (!root.TryGetProperty(name, out var member)) return true;
        if (member.ValueKind == JsonValueKind.Null) text = "";
        else if (member.ValueKind == JsonValueKind.String) text = TextOf(member)?.Trim();
        if (text is null) complaint = $"{name} has to be a text.";
        else if (text.Length > most) complaint = $"{name} is longer than {most} characters.";
        else if (text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t')))
        {
            complaint = $"{name} has characters that nobody sees.";
        }

        return complaint is null;
    }

    private static string? TextOf(JsonElement member)
    {
        try
        {
            return member.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a character, as \ud800.
            return null;
        }
    }
}
