using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.Data.Jobs;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Audit;

/// <summary>
/// Writes down what administrators do, in the console and by script (admin reference §4.7). A row is added to the
/// context of the change, so that both are stored or neither; where a change does not go through the context, the row
/// is stored first: rather one that tells of something that then failed than none.
/// </summary>
internal sealed class ConsoleLog(TimeProvider time)
{
    /// <summary>The operator of what is done at the command line.</summary>
    internal const string CommandLine = "cli";

    /// <summary>The operator of what the server does by a rule.</summary>
    internal const string Server = "server";

    private const int MostTargets = 100;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds a row; the caller saves.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="context">The request, for its caller and address.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="targets">To what: names that people know, for devices their ids.</param>
    /// <param name="details">More, as names and values; never a secret.</param>
    public void Add(
        HawserDb db, HttpContext context, ConsoleOperation operation, IReadOnlyList<string> targets,
        params (string Name, string? Value)[] details)
    {
        var user = CurrentUser.Of(context);
        var info = InfoOf(targets, details);
        // Which script it was, when it was one.
        if (user.Kind >= TokenKind.Api) info["token"] = user.TokenGuid.ToString();
        Write(db, user.Guid, user.Name, operation, info, AuditText.Of(context.Connection.RemoteIpAddress));
        ConsoleNews.Tell(context, operation, targets);
    }

    /// <summary>Adds a row about something done at the command line; the caller saves.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="account">Who it was for the operating system.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="target">To what.</param>
    /// <param name="details">More, as names and values; never a secret.</param>
    public void AddLocal(
        HawserDb db, string account, ConsoleOperation operation, string target,
        params (string Name, string? Value)[] details)
    {
        var info = InfoOf([target], details);
        info["os_user"] = AuditText.Clean(account, 128);
        Write(db, null, CommandLine, operation, info, "");
    }

    /// <summary>Adds a row about what the server does by a rule; the caller saves.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="target">To what.</param>
    /// <param name="details">More, as names and values.</param>
    public void AddOfServer(
        HawserDb db, ConsoleOperation operation, string target, params (string Name, string? Value)[] details) =>
        Write(db, null, Server, operation, InfoOf([target], details), "");

    /// <summary>Adds a row about one item of a job; the caller saves.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="job">The job; its row says from where it was begun.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="target">To what.</param>
    /// <param name="details">More, as names and values; never a secret.</param>
    public void AddOfJob(
        HawserDb db, Job job, ConsoleOperation operation, string target,
        params (string Name, string? Value)[] details) => Write(
            db, job.UserGuid == Guid.Empty ? null : job.UserGuid, job.UserName, operation,
            InfoOf([target], [.. details, ("job", job.Guid.ToString())]), "");

    /// <summary>Adds a row about a sign-in; the caller saves.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="user">Whose; null: not known.</param>
    /// <param name="name">The account's name.</param>
    /// <param name="from">From where.</param>
    /// <param name="details">How it went.</param>
    public void AddSignIn(
        HawserDb db, Guid? user, string name, IPAddress? from, params (string Name, string? Value)[] details) =>
        Write(db, user, name, ConsoleOperation.Login, InfoOf([name], details), AuditText.Of(from));

    private static JsonObject InfoOf(IReadOnlyList<string> targets, (string Name, string? Value)[] details)
    {
        var info = new JsonObject
        {
            ["targets"] = new JsonArray([.. targets.Take(MostTargets).Select(t => (JsonNode)AuditText.Clean(t, 300))]),
        };
        if (targets.Count > MostTargets) info["count"] = targets.Count;
        foreach (var (name, value) in details)
        {
            if (value is not null) info[name] = AuditText.Clean(value, 1000);
        }

        return info;
    }

    private void Write(
        HawserDb db, Guid? operatorGuid, string name, ConsoleOperation operation, JsonObject info, string address)
    {
        var now = time.GetUtcNow().UtcDateTime;
        db.ConsoleAudits.Add(new ConsoleAudit
        {
            OperatorGuid = operatorGuid,
            Operator = name,
            Area = (int)AreaOf(operation),
            Operation = (int)operation,
            Info = info.ToJsonString(Plain),
            Address = address,
            CreatedAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)),
        });
    }

    /// <summary>Adds a row about one target; the caller saves.</summary>
    public void Add(
        HawserDb db, HttpContext context, ConsoleOperation operation, string target,
        params (string Name, string? Value)[] details) => Add(db, context, operation, [target], details);

    /// <summary>Writes down that a list was taken as a file, before the first row of it goes out.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="context">The request.</param>
    /// <param name="operation">What that is called.</param>
    /// <param name="list">Which list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<int> ExportedAsync(
        HawserDb db, HttpContext context, ConsoleOperation operation, string list, CancellationToken cancellationToken)
    {
        Add(db, context, operation, list, ("query", context.Request.QueryString.Value));
        return db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What an operation is about.</summary>
    internal static ConsoleArea AreaOf(ConsoleOperation operation) => operation switch
    {
        ConsoleOperation.AddGroup or ConsoleOperation.DeleteGroup or ConsoleOperation.UpdateGroup =>
            ConsoleArea.Group,
        ConsoleOperation.AddDevice or ConsoleOperation.Disconnect or ConsoleOperation.EnableDevice
            or ConsoleOperation.DisableDevice or ConsoleOperation.UpdateDevice or ConsoleOperation.DeleteDevice
            or ConsoleOperation.AddTicket or ConsoleOperation.DeleteTicket
            or (>= ConsoleOperation.RejectDevice and <= ConsoleOperation.UnblockAddress)
            or ConsoleOperation.MergeDevices =>
            ConsoleArea.Device,
        >= ConsoleOperation.AddBook and <= ConsoleOperation.UpdateShare or ConsoleOperation.UpdateBook
            or ConsoleOperation.ReadBook =>
            ConsoleArea.Book,
        ConsoleOperation.AddToken or ConsoleOperation.DeleteToken or ConsoleOperation.EndLogin
            or ConsoleOperation.AddDeployToken or ConsoleOperation.DeleteDeployToken => ConsoleArea.Token,
        >= ConsoleOperation.AddStrategy and <= ConsoleOperation.ChangeRollout => ConsoleArea.Strategy,
        >= ConsoleOperation.AddRule and <= ConsoleOperation.DeleteAdminRole => ConsoleArea.Access,
        >= ConsoleOperation.ChangeSetting and <= ConsoleOperation.ReplaceKey => ConsoleArea.Setting,
        ConsoleOperation.ExportAudit or ConsoleOperation.ExportList => ConsoleArea.Audit,
        >= ConsoleOperation.UpdateRecording and <= ConsoleOperation.WatchRecording => ConsoleArea.Recording,
        ConsoleOperation.MakeBackup or ConsoleOperation.DownloadBackup or ConsoleOperation.DeleteBackup
            or (>= ConsoleOperation.AddChannel and <= ConsoleOperation.ReviveNode) => ConsoleArea.Setting,
        >= ConsoleOperation.HandleAlarm and <= ConsoleOperation.UnmuteAlarm => ConsoleArea.Audit,
        >= ConsoleOperation.StartJob and <= ConsoleOperation.UndoJob => ConsoleArea.Job,
        _ => ConsoleArea.User,
    };
}
