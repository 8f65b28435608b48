using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Audit.Client;

namespace Hawser.Api.Audit;

/// <summary>Reads what devices report. Unknown keys are ignored; numbers may come as text.</summary>
[JsonSourceGenerationOptions(
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConnectionBody))]
[JsonSerializable(typeof(FileBody))]
[JsonSerializable(typeof(AlarmBody))]
[JsonSerializable(typeof(NoteBody))]
[JsonSerializable(typeof(FileInfoBody))]
[JsonSerializable(typeof(AlarmInfo))]
[JsonSerializable(typeof(JsonElement[][]))]
[JsonSerializable(typeof(string))]
internal sealed partial class AuditJson : JsonSerializerContext;
