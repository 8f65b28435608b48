using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Bench;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Suites;

// Everything runs on this thread: children die with the thread that started them (see Child).
(string Name, Func<BenchContext, SuiteReport> Run)[] suites =
[
    ("relay-bulk", RelayBulk.Run), ("relay-paced", RelayPaced.Run), ("relay-idle", RelayIdle.Run), ("udp", Udp.Run),
    ("punch", Punch.Run), ("access", AccessCalls.Run), ("key-storm", KeyStorm.Run), ("memory", Memory.Run), ("startup", Startup.Run),
    ("load-1m", LoadMillion.Run), ("address-book", AddressBook.Run), ("login-throttle", LoginThrottle.Run),
    ("opened-and-left", OpenedAndLeft.Run), ("heartbeat", Heartbeat.Run), ("sysinfo-burst", SysinfoBurst.Run),
    ("record-ingest", RecordIngest.Run), ("record-latency", RecordLatency.Run),
    ("record-postgres", RecordLatency.RunPostgres), ("record-finish", RecordFinish.Run),
    ("record-memory", RecordMemory.Run), ("soak", Soak.Run),
    ("kcp", KcpPath.Run), ("feed", Feed.Run),
    ("video", Video.Run), ("desk-grab", DeskGrab.Run), ("desk-link", DeskLink.Run), ("session-files", SessionFiles.Run),
];

// An end of a path that a suite has made, in a process of its own.
if (args is ["path-end", ..]) return await PathEnd.RunAsync(args);
if (args is ["desk-end", ..]) return await DeskEnd.RunAsync(args);
if (args is ["file-end", ..]) return await FileEnd.RunAsync(args);

BenchArguments arguments;
try
{
    arguments = BenchArguments.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

var chosen = suites.Where(s => s.Name == arguments.Suite || (arguments.Suite == "all" && s.Name != "soak")).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine(
        $"""
        usage: Hawser.Bench SUITE [--rounds N] [--seconds S] [--json FILE] [--markdown FILE]
        suites: {string.Join(' ', suites.Select(s => s.Name))}, and all (everything but soak)
          --minutes M      soak: how long (30)          --pairs N        relay suites: only, or instead
          --devices N      memory, udp: 100000          --max-foreign F  share that discards a round (0.15)
          --gigabytes N    record-memory: 10
          --hawser FILE    use this server program      --bind ADDRESS   give hawser this --bind
          --work FOLDER    where things are built
        """);
    return 2;
}

var command = "dotnet run --project tests/Hawser.Bench -c Release -- ";
var facts = MachineFacts.Read();
var all = new JsonArray();
var missed = 0;
try
{
    var bench = new BenchContext(arguments, new Toolbox(arguments));
    foreach (var (name, run) in chosen)
    {
        Console.WriteLine($"# {name}");
        SuiteReport report;
        try
        {
            report = run(bench);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException)
        {
            // The other suites are still worth having.
            Console.Error.WriteLine($"{name} failed: {e.Message}");
            Child.StopAll();
            missed++;
            continue;
        }

        var line = command + string.Join(' ', args.Length > 1 ? [name, .. args[1..]] : [name]);
        var where = $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, hawser: {bench.Tools.HawserBuild}"
            + (arguments.Bind.Length > 0 ? $", --bind {arguments.Bind}" : "");
        var section = report.ToMarkdown(line) + where + "; " + string.Join("; ", facts) + "\n";
        Console.WriteLine(section);
        if (arguments.Markdown.Length > 0) MarkdownFile.Replace(arguments.Markdown, name, section);
        all.Add(report.ToJson());
        missed += report.Goals.Count(g => !g.IsReached);
        if (arguments.Json.Length > 0) WriteJson();
    }
}
finally
{
    Child.StopAll();
}

return missed == 0 ? 0 : 1;

void WriteJson()
{
    var machine = new JsonArray([.. facts.Select(f => (JsonNode)f)]);
    var document = new JsonObject { ["machine"] = machine, ["suites"] = all.DeepClone() };
    File.WriteAllText(arguments.Json, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
}
