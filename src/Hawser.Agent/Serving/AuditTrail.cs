using System.Text.Json;
using Hawser.Session.Files;
using Hawser.Session.Host;

namespace Hawser.Agent.Serving;

/// <summary>Turns what happens at the host into the records of http-api §10.</summary>
internal sealed class AuditTrail(AgentState state, Outbox outbox)
{
    private const int MostFilesNamed = 10;

    public void Opened(SessionFacts facts)
    {
        var record = Of(facts);
        record["action"] = "new";
        record["ip"] = Ip(facts);
        record["session_id"] = 0;
        if (facts.AuditReference.Length > 0) record["conn_audit_ref"] = facts.AuditReference;
        outbox.Add("api/audit/conn", record);
    }

    public void Authorised(SessionFacts facts)
    {
        var record = Of(facts);
        record["peer"] = new[] { facts.PeerId, facts.PeerName };
        record["type"] = (int)facts.Kind;
        var primary = facts.Auth switch
        {
            PrimaryAuth.Click => 1,
            PrimaryAuth.OneTimePassword or PrimaryAuth.RecentSession => 2,
            PrimaryAuth.PermanentPassword => 3,
            _ => 0,
        };
        if (primary > 0) record["primary_auth"] = primary;
        if (facts.TwoFactor && primary > 1) record["two_factor"] = 1;
        outbox.Add("api/audit/conn", record);
    }

    public void Closed(SessionFacts facts, string why)
    {
        _ = why;
        var record = Of(facts);
        record["action"] = "close";
        outbox.Add("api/audit/conn", record);
    }

    public void Transferred(SessionFacts facts, FileTransferFacts files)
    {
        var record = Of(facts);
        record.Remove("session_id");
        record["peer_id"] = facts.PeerId;
        record["type"] = files.ToHost ? 1 : 0;
        record["path"] = files.Path;
        record["is_file"] = files.Files is [{ Name: "" }];
        var largest = files.Files.OrderByDescending(f => f.Size).Take(MostFilesNamed)
            .Select(f => new object[] { f.Name, (long)f.Size });
        record["info"] = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["ip"] = Ip(facts),
            ["name"] = facts.PeerName,
            ["num"] = files.Files.Count,
            ["files"] = largest.ToArray(),
        });
        outbox.Add("api/audit/file", record);
    }

    public void Alarmed(SessionFacts facts, HostAlarm alarm)
    {
        var record = Of(facts);
        record.Remove("session_id");
        record["typ"] = (int)alarm;
        var info = new Dictionary<string, object> { ["ip"] = Ip(facts) };
        if (alarm != HostAlarm.AddressWhitelist)
        {
            info["id"] = facts.PeerId;
            info["name"] = facts.PeerName;
        }

        if (alarm == HostAlarm.ScopeViolation)
        {
            info["conn_type"] = facts.Kind switch
            {
                SessionKind.Files => "file_transfer",
                SessionKind.Tunnel => "port_forward",
                SessionKind.Camera => "view_camera",
                SessionKind.Terminal => "terminal",
                _ => "remote",
            };
            info["message"] = "a message outside of the session's scope";
        }

        record["info"] = JsonSerializer.Serialize(info);
        if (facts.AuditReference.Length > 0 && alarm is HostAlarm.AddressWhitelist or HostAlarm.IdWhitelist)
        {
            record["conn_audit_ref"] = facts.AuditReference;
        }

        outbox.Add("api/audit/alarm", record);
    }

    private static string Ip(SessionFacts facts) => facts.Remote?.ToString() ?? "";

    private Dictionary<string, object> Of(SessionFacts facts) => new()
    {
        ["id"] = state.Identity.Id,
        ["uuid"] = state.Uuid,
        ["conn_id"] = facts.Number,
        ["session_id"] = facts.SessionId,
    };
}
