namespace Hawser.Data.Settings;

/// <summary>What is stored of one setting.</summary>
/// <param name="Value">JSON; encrypted when it is secret.</param>
/// <param name="IsSecret">Whether it is.</param>
public sealed record StoredSetting(string Value, bool IsSecret);
