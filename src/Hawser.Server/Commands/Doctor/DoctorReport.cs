using System.Globalization;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Session.Connecting.Probing;
using Spectre.Console;

namespace Hawser.Server.Commands.Doctor;

/// <summary>Shows a diagnosis: as a table for people, as JSON for programs.</summary>
internal static class DoctorReport
{
    private const int WideEnough = 160;

    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The terminal; plain and wide where the output goes into a file or another program.</summary>
    public static IAnsiConsole Terminal()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        plain.Profile.Width = WideEnough;
        return plain;
    }

    public static void Show(IAnsiConsole console, Diagnosis diagnosis)
    {
        foreach (var address in diagnosis.Addresses)
        {
            console.WriteLine();
            console.MarkupLine($"[bold]{Markup.Escape(Title(diagnosis, address))}[/]");
            console.Write(ToTable(address));
            var hints = address.Checks.Where(c => c.IsProblem && c.Hint.Length > 0 && (c.Needed || Unusual(c)));
            foreach (var hint in hints.GroupBy(c => c.Hint, StringComparer.Ordinal))
            {
                var where = string.Join("; ", hint.Select(c => $"{c.Name}, {c.Transport} {c.Port}"));
                console.MarkupLine($"  [yellow]{Markup.Escape(where)}[/]: {Markup.Escape(hint.Key)}");
            }
        }

        console.WriteLine();
        console.MarkupLine($"[{(diagnosis.IsHealthy ? "green" : "red")}]{Markup.Escape(diagnosis.Verdict)}[/]");
    }

    public static async Task WriteJsonAsync(TextWriter output, Diagnosis diagnosis)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, Indented)) Write(json, diagnosis);
        await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    // A closed optional port is usual; an optional check that fails in another way is worth a word.
    private static bool Unusual(ProbeResult check) =>
        !check.Hint.StartsWith("Nothing listens", StringComparison.Ordinal);

    private static string Title(Diagnosis diagnosis, AddressDiagnosis address)
    {
        var family = address.Address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        var reverse = address.Reverse is null ? "no reverse DNS"
            : string.Equals(address.Reverse.TrimEnd('.'), diagnosis.Server.Host, StringComparison.OrdinalIgnoreCase)
                ? "reverse DNS matches" : $"reverse DNS says {address.Reverse}";
        return $"{diagnosis.Server.Host}: {address.Address} ({family}, {reverse})";
    }

    private static Table ToTable(AddressDiagnosis address)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "Port", "What", "Found", "Time");
        table.Columns[4].RightAligned();
        foreach (var check in address.Checks)
        {
            table.AddRow(
                Sign(check),
                $"{check.Transport} {check.Port.ToString(CultureInfo.InvariantCulture)}",
                Markup.Escape(check.Name),
                Markup.Escape(check.Detail),
                check.Took > TimeSpan.Zero
                    ? $"{check.Took.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms" : "");
        }

        return table;
    }

    private static string Sign(ProbeResult check) => check.Verdict switch
    {
        ProbeVerdict.Ok => "[green]ok[/]",
        ProbeVerdict.Skipped => "[grey]-[/]",
        ProbeVerdict.NotOffered when !check.Needed => "[grey]no[/]",
        _ => check.Needed ? "[red]FAILED[/]" : "[yellow]no[/]",
    };

    private static void Write(Utf8JsonWriter json, Diagnosis diagnosis)
    {
        json.WriteStartObject();
        json.WriteString("server", diagnosis.Server.ToString());
        json.WriteBoolean("healthy", diagnosis.IsHealthy);
        json.WriteString("verdict", diagnosis.Verdict);
        json.WriteStartArray("addresses");
        foreach (var address in diagnosis.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.Address.ToString());
            json.WriteString("reverseName", address.Reverse);
            json.WriteBoolean("healthy", address.IsHealthy);
            json.WriteStartArray("checks");
            foreach (var check in address.Checks) Write(json, check);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ProbeResult check)
    {
        json.WriteStartObject();
        json.WriteString("name", check.Name);
        json.WriteString("transport", check.Transport);
        json.WriteNumber("port", check.Port);
        json.WriteBoolean("needed", check.Needed);
        json.WriteString("verdict", check.Verdict switch
        {
            ProbeVerdict.Ok => "ok",
            ProbeVerdict.NotOffered => "notOffered",
            ProbeVerdict.Skipped => "skipped",
            _ => "failed",
        });
        json.WriteString("detail", check.Detail);
        if (check.Hint.Length > 0) json.WriteString("hint", check.Hint);
        if (check.Took > TimeSpan.Zero) json.WriteNumber("milliseconds", Math.Round(check.Took.TotalMilliseconds, 2));
        json.WriteEndObject();
    }
}
