using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Data.Audit;

namespace Hawser.Api.Audit.Admin;

/// <summary>A connection in a list (admin reference §4.7, §4.8).</summary>
internal sealed record ConnectionItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    /// <summary>The device that was controlled: its id, and its name where it has one.</summary>
    [JsonPropertyName("remote")]
    public required string Remote { get; init; }

    /// <summary>The id of the one who controlled it.</summary>
    [JsonPropertyName("local")]
    public required string Local { get; init; }

    /// <summary>The account that was logged in there; empty: none.</summary>
    [JsonPropertyName("local_user")]
    public required string LocalUser { get; init; }

    /// <summary>The kind; missing: nobody was let in.</summary>
    [JsonPropertyName("conn_type")]
    public int? ConnType { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>Null: it is open.</summary>
    [JsonPropertyName("end_time")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? EndTime { get; init; }

    [JsonPropertyName("info")]
    public required ConnectionInfo Info { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    /// <summary>0 unknown, 1 click, 2 one-time password, 3 permanent password, 4 switched sides.</summary>
    [JsonPropertyName("primary_auth")]
    public required int PrimaryAuth { get; init; }

    /// <summary>0 none, 1 TOTP, 2 trusted device.</summary>
    [JsonPropertyName("two_factor")]
    public required int TwoFactor { get; init; }

    /// <summary>The controlled device's id alone.</summary>
    [JsonPropertyName("device_id")]
    public required string DeviceId { get; init; }

    [JsonPropertyName("conn_id")]
    public required int ConnId { get; init; }

    /// <summary>The account's GUID; missing: none was logged in.</summary>
    [JsonPropertyName("user_guid")]
    public Guid? UserGuid { get; init; }

    /// <summary>direct, relayed or unknown: this server sees the way only of whom it introduced.</summary>
    [JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>The relay as clients are told of it; missing: none, or the ID server's own host.</summary>
    [JsonPropertyName("relay")]
    public string? Relay { get; init; }

    /// <summary>What it moves now; missing: not known, because no relay of this server carries it.</summary>
    [JsonPropertyName("bytes_per_second")]
    public long? BytesPerSecond { get; init; }

    /// <summary>Its recording's id; missing: there is none that the caller may watch.</summary>
    [JsonPropertyName("recording")]
    public string? Recording { get; init; }

    public static ConnectionItem Of(ConnectionAudit row, string deviceName) => new()
    {
        Guid = row.Guid.ToString(),
        Remote = AuditNames.Titled(row.DeviceId, deviceName),
        Local = row.PeerId,
        LocalUser = row.UserName,
        ConnType = row.Type,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        EndTime = WireTime.Seconds(row.EndedAt),
        Info = new ConnectionInfo(row.Address, row.PeerName),
        Note = row.Note,
        PrimaryAuth = row.PrimaryAuth,
        TwoFactor = row.TwoFactor,
        DeviceId = row.DeviceId,
        ConnId = row.ConnId,
        UserGuid = row.UserGuid,
        Path = row.IsRelayed switch { true => "relayed", false => "direct", null => "unknown" },
        Relay = row.Relay.Length > 0 ? row.Relay : null,
    };
}

/// <summary>Where the operator was, and the name that the operator's client said.</summary>
internal sealed record ConnectionInfo(
    [property: JsonPropertyName("ip")] string Ip, [property: JsonPropertyName("name")] string Name);

/// <summary>A transfer of files in a list.</summary>
internal sealed record FileItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("remote")]
    public required string Remote { get; init; }

    [JsonPropertyName("local")]
    public required string Local { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>0 from the device, 1 to it.</summary>
    [JsonPropertyName("type")]
    public required int Type { get; init; }

    [JsonPropertyName("path")]
    public required string Path { get; init; }

    [JsonPropertyName("is_file")]
    public required bool IsFile { get; init; }

    [JsonPropertyName("info")]
    public required TransferInfo Info { get; init; }

    [JsonPropertyName("device_id")]
    public required string DeviceId { get; init; }

    /// <summary>The account that was logged in; missing: none, or the connection is not known.</summary>
    [JsonPropertyName("local_user")]
    public string? LocalUser { get; init; }

    /// <summary>The account's GUID.</summary>
    [JsonPropertyName("user_guid")]
    public Guid? UserGuid { get; init; }

    /// <summary>The connection that it went over; missing: not known.</summary>
    [JsonPropertyName("connection")]
    public Guid? Connection { get; init; }

    /// <summary>The same with the connection that it went over.</summary>
    public FileItem Over(ConnectionAudit? connection) => connection is null ? this : this with
    {
        LocalUser = connection.UserName.Length > 0 ? connection.UserName : null,
        UserGuid = connection.UserGuid,
        Connection = connection.Guid,
    };

    public static FileItem Of(FileAudit row, string deviceName) => new()
    {
        Guid = row.Guid.ToString(),
        Remote = AuditNames.Titled(row.DeviceId, deviceName),
        Local = row.PeerId,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        Type = row.Direction,
        Path = row.Path,
        IsFile = row.IsFile,
        Info = new TransferInfo(row.FileCount, AuditNames.Json(row.Files, "[]"), row.Address, row.PeerName),
        DeviceId = row.DeviceId,
    };
}

/// <summary>How many files, the largest ones as <c>[name, size]</c>, and who.</summary>
internal sealed record TransferInfo(
    [property: JsonPropertyName("num")] int Num,
    [property: JsonPropertyName("files")] JsonElement Files,
    [property: JsonPropertyName("ip")] string Ip,
    [property: JsonPropertyName("name")] string Name);

/// <summary>An alarm in a list.</summary>
internal sealed record AlarmItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("device")]
    public required string Device { get; init; }

    [JsonPropertyName("typ")]
    public required int Typ { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("info")]
    public required JsonElement Info { get; init; }

    /// <summary>new, seen or resolved.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>info, warning or critical.</summary>
    [JsonPropertyName("severity")]
    public required string Severity { get; init; }

    /// <summary>Who set the state; empty: nobody.</summary>
    [JsonPropertyName("handled_by")]
    public required string HandledBy { get; init; }

    [JsonPropertyName("handled_at")]
    public required long? HandledAt { get; init; }

    /// <summary>Who shall look into it; empty: nobody in particular.</summary>
    [JsonPropertyName("assigned_to")]
    public required string AssignedTo { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    public static AlarmItem Of(AlarmAudit row) => new()
    {
        Guid = row.Guid.ToString(),
        Device = row.DeviceId,
        Typ = row.Type,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        Info = AuditNames.Json(row.Info, "{}"),
        State = AlarmStates.Word(row.State),
        Severity = AlarmTexts.SeverityOf(row.Type),
        HandledBy = row.HandledBy,
        HandledAt = WireTime.Seconds(row.HandledAt),
        AssignedTo = row.AssignedTo,
        Note = row.Note,
    };
}

/// <summary>Something done in the console, in a list.</summary>
internal sealed record OperationItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("operator")]
    public required string Operator { get; init; }

    [JsonPropertyName("typ")]
    public required int Typ { get; init; }

    [JsonPropertyName("iop")]
    public required int Iop { get; init; }

    /// <summary>The number in words; the vendor's script puts its own under "operation".</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("info")]
    public required JsonElement Info { get; init; }

    [JsonPropertyName("ip")]
    public required string Ip { get; init; }

    /// <summary>Its place in the chain; missing for some seconds.</summary>
    [JsonPropertyName("sequence")]
    public long? Sequence { get; init; }

    public static OperationItem Of(ConsoleAudit row) => new()
    {
        Guid = row.Guid.ToString(),
        Operator = row.Operator,
        Typ = row.Area,
        Iop = row.Operation,
        Action = Enum.IsDefined((ConsoleOperation)row.Operation)
            ? AuditNames.Words(((ConsoleOperation)row.Operation).ToString()) : "",
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        Info = AuditNames.Json(row.Info, "{}"),
        Ip = row.Address,
        Sequence = row.Sequence,
    };
}

/// <summary>Texts of audits as they are answered.</summary>
internal static class AuditNames
{
    /// <summary>An id with the name of its device, as scripts for Pro split it.</summary>
    public static string Titled(string id, string name) => name.Length == 0 ? id : $"{id} - {name}";

    /// <summary>snake_case, as everything that scripts read.</summary>
    public static string Words(string name) => string.Concat(name.Select(
        (c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : $"{c}"));

    /// <summary>What is stored as JSON; what can't be read is empty.</summary>
    public static JsonElement Json(string stored, string empty)
    {
        try
        {
            using var document = JsonDocument.Parse(stored.Length == 0 ? empty : stored);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            using var document = JsonDocument.Parse(empty);
            return document.RootElement.Clone();
        }
    }
}

/// <summary>What the lists write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<ConnectionItem>))]
[JsonSerializable(typeof(Page<FileItem>))]
[JsonSerializable(typeof(Page<AlarmItem>))]
[JsonSerializable(typeof(Page<OperationItem>))]
internal sealed partial class AuditAdminJson : JsonSerializerContext;
