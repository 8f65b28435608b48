using System.Text.Json.Serialization;
using Hawser.Session.Connecting.Load;

namespace Hawser.Server.Commands.Load;

/// <summary>The final report as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadReportJson : JsonSerializerContext;
