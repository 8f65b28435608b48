using System.Text;
using QRCoder;

namespace Hawser.Server.Hosting;

/// <summary>
/// The client configuration as a QR code in a terminal: mobile clients read it with <i>ID/Relay server → scan</i>.
/// </summary>
internal static class ClientQrCode
{
    /// <summary>What mobile clients look for before the configuration text.</summary>
    internal const string Prefix = "config=";

    // Black on white whatever the terminal's colours are: scanners expect a light margin.
    private const string Paper = "\e[30;107m";
    private const string Reset = "\e[0m";

    /// <summary>Draws it, two modules a character, with the margin that scanners need.</summary>
    /// <param name="configuration">The client configuration text.</param>
    /// <returns>Lines, the last one ended.</returns>
    public static string Draw(string configuration)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(Prefix + configuration, QRCodeGenerator.ECCLevel.L);
        var rows = code.ModuleMatrix;
        var text = new StringBuilder();
        for (var y = 0; y < rows.Count; y += 2)
        {
            text.Append(Paper);
            for (var x = 0; x < rows[y].Count; x++)
            {
                text.Append(Block(rows[y][x], y + 1 < rows.Count && rows[y + 1][x]));
            }

            text.Append(Reset).Append('\n');
        }

        return text.ToString();
    }

    private static char Block(bool upper, bool lower) => (upper, lower) switch
    {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        _ => ' ',
    };
}
