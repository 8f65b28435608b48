namespace Hawser.Session.Clipboard;

/// <summary>What was copied, in all the forms in which it was offered (§12.1); what is empty is not there.</summary>
public sealed record ClipboardContent
{
    /// <summary>Nothing.</summary>
    public static ClipboardContent Empty { get; } = new();

    /// <summary>Plain text.</summary>
    public string Text { get; init; } = "";

    /// <summary>HTML.</summary>
    public string Html { get; init; } = "";

    /// <summary>Rich text.</summary>
    public string Rtf { get; init; } = "";

    /// <summary>A drawing as SVG.</summary>
    public string Svg { get; init; } = "";

    /// <summary>A picture as a PNG file.</summary>
    public ReadOnlyMemory<byte> Png { get; init; }

    /// <summary>Files and folders that were copied: their paths on the machine where that happened.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Text.Length + Html.Length + Rtf.Length + Svg.Length + Png.Length + Files.Count == 0;
}
