using Hawser.Server.Hosting;
using QRCoder;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

public class ClientQrCodeTests
{
    [Theory]
    [InlineData("==Qfi0Tek9yZ")]
    [InlineData("a")]
    public void The_drawing_has_every_module_of_the_code_and_a_margin(string configuration)
    {
        using var code = new QRCodeGenerator().CreateQrCode("config=" + configuration, QRCodeGenerator.ECCLevel.L);
        var lines = ClientQrCode.Draw(configuration).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l["\e[30;107m".Length..^"\e[0m".Length]).ToArray();
        lines.Length.ShouldBe((code.ModuleMatrix.Count + 1) / 2);
        for (var y = 0; y < code.ModuleMatrix.Count; y++)
        {
            var drawn = lines[y / 2].Select(c => c == '█' || c == (y % 2 == 0 ? '▀' : '▄'));
            drawn.ShouldBe(code.ModuleMatrix[y].Cast<bool>(), $"row {y}");
        }

        lines.ShouldAllBe(l => l.StartsWith("    ") && l.EndsWith("    "));
        lines[0].Trim().ShouldBeEmpty();
    }
}
