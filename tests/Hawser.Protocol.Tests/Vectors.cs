using System.Text.Json;

namespace Hawser.Protocol.Tests;

/// <summary>The golden bytes under <c>vectors/</c>, shared with the other implementations of the wire.</summary>
internal static class Vectors
{
    private static readonly Lazy<string> Folder = new(() =>
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !Directory.Exists(Path.Combine(at.FullName, "vectors"))) at = at.Parent;
        return Path.Combine(at?.FullName ?? throw new DirectoryNotFoundException("vectors/"), "vectors");
    });

    public static JsonElement Load(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder.Value, name))).RootElement;

    public static byte[] Hex(this JsonElement element, string property) =>
        Convert.FromHexString(element.GetProperty(property).GetString()!);

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static string ToHex(this ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static string ToHex(this byte[] bytes) => Convert.ToHexStringLower(bytes);
}
