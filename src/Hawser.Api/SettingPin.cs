using System.Text.Json.Nodes;

namespace Hawser.Api;

/// <summary>
/// A member of a setting that the server was started with. It wins over what is stored, and is changed where it was
/// written.
/// </summary>
/// <param name="Setting">The setting's name, for instance <c>mail</c>.</param>
/// <param name="Member">Which of its members; a dot leads into a member of a member.</param>
/// <param name="Value">What it is.</param>
/// <param name="Source">file, environment or command_line.</param>
/// <param name="Origin">Where exactly it was written.</param>
public sealed record SettingPin(string Setting, string Member, JsonNode? Value, string Source, string Origin);
