using System.Text;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Devices.Client;

/// <summary>
/// <c>POST /api/sysinfo</c> (reference §8.1). The answer is a plain text that clients compare exactly.
/// </summary>
internal static class SysinfoEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","version":"1.4.5","cpu":"8 cores","memory":"16GB","os":"Windows 11",
        "hostname":"PC-1","username":"mara"}
        """;

    /// <summary>Stored; the client is quiet until something changes.</summary>
    internal const string Updated = "SYSINFO_UPDATED";

    /// <summary>The device will register within seconds: the client asks again in three.</summary>
    internal const string NotYet = "ID_NOT_FOUND";

    /// <summary>Anything else: the client asks again in two minutes.</summary>
    internal const string Unknown = "UNKNOWN_DEVICE";

    /// <summary>It can't be stored now; the client asks again in two minutes.</summary>
    internal const string Later = "TRY_LATER";

    public static async Task<IResult> HandleAsync(
        HttpContext context, DeviceRecognition devices, DeviceTable table, SysinfoDesk desk, SettingsStore settings,
        ClaimNames names, RefusedSysinfo refused, CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, DevicesJson.Default.SysinfoRequest);
        if (body.Value is not { } request) return body.Error!;
        if (request.Id.Length == 0) return ClientResults.Error(400, "The request names no device.");
        var found = await devices.FindAsync(request.Id, request.Uuid, cancellationToken);
        if (found.Recognition != Recognition.Known)
        {
            var mustWait = settings.Get(DeviceSettings.Key).DeploymentRequired;
            // Who waits for approval, or claims another's id, is told apart by what it calls itself.
            if (mustWait || found.Recognition == Recognition.Stranger)
            {
                names.Note(request.Id, request.Uuid, request.Hostname ?? "");
            }

            if (found.Recognition == Recognition.Stranger) refused.Note(request.Id);
            var isPending = found.Recognition == Recognition.Unknown && PeerId.IsRegistrable(request.Id)
                && request.Uuid.Length > 0 && !mustWait
                && devices.MayBeRegistering(request.Id);
            return ClientResults.Text(isPending ? NotYet : Unknown);
        }

        if (!table.TryTake(DeviceHash.Of(request.Id)))
        {
            return ClientResults.Error(429, "Too many requests from this device.");
        }

        var fingerprint = request.Fingerprint();
        // Who was asked for it is written down, although nothing changed: somebody waits for the new time.
        if (found.Sysinfo != fingerprint || table.IsSysinfoAsked(request.Id))
        {
            if (!await desk.StoreAsync(found.Device, request, cancellationToken)) return ClientResults.Text(Later);
        }

        table.SysinfoStored(request.Id, fingerprint);
        return ClientResults.Text(Updated);
    }
}

/// <summary>What a device says of itself (reference §8.1, §9.5).</summary>
internal sealed record SysinfoRequest
{
    [JsonPropertyName("id")]
    public string Id { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("uuid")]
    public string Uuid { get; set => field = value ?? ""; } = "";

    [JsonPropertyName("version")]
    public string? Version { get; set; }

    [JsonPropertyName("cpu")]
    public string? Cpu { get; set; }

    [JsonPropertyName("memory")]
    public string? Memory { get; set; }

    [JsonPropertyName("os")]
    public string? Os { get; set; }

    [JsonPropertyName("hostname")]
    public string? Hostname { get; set; }

    [JsonPropertyName("username")]
    public string? Username { get; set; }

    [JsonPropertyName("preset-user-name")]
    public string? PresetUser { get; set; }

    [JsonPropertyName("preset-strategy-name")]
    public string? PresetStrategy { get; set; }

    [JsonPropertyName("preset-device-group-name")]
    public string? PresetDeviceGroup { get; set; }

    [JsonPropertyName("preset-address-book-name")]
    public string? PresetBook { get; set; }

    [JsonPropertyName("preset-address-book-tag")]
    public string? PresetBookTag { get; set; }

    [JsonPropertyName("preset-address-book-alias")]
    public string? PresetBookAlias { get; set; }

    [JsonPropertyName("preset-address-book-password")]
    public string? PresetBookPassword { get; set; }

    [JsonPropertyName("preset-address-book-note")]
    public string? PresetBookNote { get; set; }

    [JsonPropertyName("preset-note")]
    public string? PresetNote { get; set; }

    /// <summary>Tells whether two are alike; never 0.</summary>
    public ulong Fingerprint()
    {
        string?[] all =
        [
            Version, Cpu, Memory, Os, Hostname, Username, PresetUser, PresetStrategy, PresetDeviceGroup, PresetBook,
            PresetBookTag, PresetBookAlias, PresetBookPassword, PresetBookNote, PresetNote,
        ];
        return DeviceHash.Of(Encoding.UTF8.GetBytes(string.Join('\0', all))).High | 1;
    }
}
