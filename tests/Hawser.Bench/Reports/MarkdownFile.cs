namespace Hawser.Bench.Reports;

/// <summary>A document that holds one section a suite; a run replaces the sections of the suites that it ran.</summary>
internal static class MarkdownFile
{
    private const string Head =
        """
        # Benchmarks

        Written by `tests/Hawser.Bench`; each section was replaced by the last run of its suite. Ratios of one
        interleaved run are what counts: anchor and candidate within seconds of each other, in alternating order, the
        median of the per-round ratios for CPU and the ratio of the best windows for throughput. A round is thrown away
        when other processes or the host used more than 15 % of the machine, and there is no verdict when the ceiling
        moved more than twofold. The Tokio stand-in is our own program with the shape of a task-per-pair relay and of a
        single-loop registrar; it is not RustDesk's server, which was not measured.

        Everything: `dotnet run --project tests/Hawser.Bench -c Release -- all --markdown docs/benchmarks.md`

        The relays beside it come from Debian: `apt-get install haproxy nginx libnginx-mod-stream gcc cargo librust-tokio-dev
        librust-tokio-util-dev librust-futures-util-dev`.


        """;

    public static void Replace(string file, string suite, string section)
    {
        var text = File.Exists(file) ? File.ReadAllText(file) : Head;
        var start = $"<!-- suite: {suite} -->";
        var end = $"<!-- end: {suite} -->";
        var block = $"{start}\n{section.TrimEnd()}\n{end}\n";
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        text = from >= 0 && to > from
            ? text[..from] + block + text[(to + end.Length)..].TrimStart('\n')
            : text.TrimEnd('\n') + "\n\n" + block;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
