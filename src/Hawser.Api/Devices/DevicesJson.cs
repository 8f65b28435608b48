using System.Text.Json.Serialization;
using Hawser.Api.Devices.Client;

namespace Hawser.Api.Devices;

/// <summary>What this slice reads and writes.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SysinfoRequest))]
[JsonSerializable(typeof(AssignRequest))]
[JsonSerializable(typeof(DeployRequest))]
[JsonSerializable(typeof(DeployResponse))]
[JsonSerializable(typeof(SwitchGrantRequest))]
[JsonSerializable(typeof(SwitchGrantResponse))]
internal sealed partial class DevicesJson : JsonSerializerContext;
