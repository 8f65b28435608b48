using System.Collections.Concurrent;
using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Import;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Imports;

/// <summary>
/// Reads a Pro server by an API token into a file beside what browsers send, as a job; a trial and the import are of
/// that file. The token is in this node's memory until it was used, and nowhere else.
/// </summary>
internal sealed class ProReadings(ImportFolder folder) : IDisposable
{
    private const int MostWaiting = 4;
    private readonly ConcurrentDictionary<string, ProAddress> _waiting = new(StringComparer.Ordinal);

    /// <summary>The connections.</summary>
    public HttpClient Http { get; } = ProClient.Connections();

    /// <summary>Begins to read.</summary>
    public static async Task<IResult> StartAsync(
        HttpContext context, HawserDb db, ProReadings readings, JobDesk desk, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ImportsJson.Default.ProWish);
        if (body is null) return error!;
        var (address, wrong) = ProAddress.Read(body.Url, body.Token, body.PlainHttp == true);
        return address is null ? Problem.Wrong(wrong.Member, wrong.Code, wrong.Text)
            : await desk.StartAsync(context, db, ProReadJob.KindName, readings.Keep(address), cancellationToken);
    }

    /// <summary>Whether this node knows the token of a reading.</summary>
    public bool Knows(string source) => _waiting.ContainsKey(source);

    /// <summary>Hands out where to read, once.</summary>
    public ProAddress? Take(string source) => _waiting.TryRemove(source, out var address) ? address : null;

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    private JobRequest Keep(ProAddress address)
    {
        // What jobs left that were ended before they began.
        while (_waiting.Count >= MostWaiting && _waiting.Keys.FirstOrDefault() is { } old)
        {
            _waiting.TryRemove(old, out _);
        }

        var (upload, _) = folder.Receive(null);
        var source = ImportFolder.SourceOf(null, upload)!;
        _waiting[source] = address;
        return new JobRequest
        {
            Args = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["source"] = source, ["url"] = address.Root,
            },
            Items = [upload],
        };
    }
}

/// <summary>Reads a Pro server; what comes of it is where that lies, or a word for what went wrong.</summary>
internal sealed class ProReadJob(ProReadings readings, ImportFolder folder, Secrets secrets, TimeProvider time)
    : JobKind
{
    internal const string KindName = "imports.read";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    public override string Name => KindName;

    // The token is gone by then.
    public override bool IsRepeatable(JobRequest request) => false;

    public override bool IsHere(JobRequest request) => readings.Knows(SourceOf(request));

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var fault = "";
        try
        {
            var source = SourceOf(step.Request);
            var address = readings.Take(source)
                ?? throw new ProFault("cancelled", "The server was started again meanwhile; begin once more.");
            using var deadline = new CancellationTokenSource(Deadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                var client = new ProClient(readings.Http, address, Teller(step));
                var server = await new ProReader(client, secrets.Protect).ReadAsync(either.Token);
                await folder.KeepAsync(source, server, either.Token);
            }
            catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
            {
                throw new ProFault("timeout", "It took too long to read all of it.", e);
            }

            return null;
        }
        catch (ProFault e)
        {
            fault = e.Code;
            return e.Message;
        }
        catch (IOException)
        {
            fault = "no_space";
            return "What was read could not be stored.";
        }
        finally
        {
            step.Result = JsonSerializer.Serialize(new ProReading(item, fault), ImportsJson.Default.ProReading);
        }
    }

    private Func<int, int, Task> Teller(JobStep step)
    {
        var told = time.GetTimestamp();
        return async (done, total) =>
        {
            if (time.GetElapsedTime(told) < TellEvery) return;
            told = time.GetTimestamp();
            var guid = step.Job.Guid;
            if (await step.Db.Jobs.AnyAsync(j => j.Guid == guid && j.CancelAsked))
            {
                throw new ProFault("cancelled", "Somebody ended it.");
            }

            await step.Tell(done, total);
        };
    }

    private static string SourceOf(JobRequest request) => request.Args.GetValueOrDefault("source", "");
}

/// <summary>Takes over what was read of a Pro server.</summary>
internal sealed class ProImportJob(
    ImportFolder folder, Devices.DeviceHints hints, Strategies.StrategyEpoch epoch, TimeProvider time)
    : ImportJob(folder, ImportFolder.Reading)
{
    internal const string Word = "pro_api";
    internal const string KindName = "users.pro_api";

    public override string Name => KindName;

    protected override async Task<ImportCounts> RunAsync(
        JobStep step, string file, CancellationToken cancellationToken)
    {
        var from = await ForeignServer.ReadAsync(file, cancellationToken);
        var report = await ForeignImport.RunAsync(
            from, step.Db, time.GetUtcNow().UtcDateTime, dryRun: false, cancellationToken);
        foreach (var id in report.AssignedDevices) hints.Changed(id);
        await epoch.BumpAsync(step.Db, cancellationToken);
        return ImportCounts.Of(report);
    }
}
