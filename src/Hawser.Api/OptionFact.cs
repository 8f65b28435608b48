namespace Hawser.Api;

/// <summary>An option that the server was started with; it is changed where it was written, not here.</summary>
/// <param name="Path">Its name in hawser.json.</param>
/// <param name="Variable">Its name in the environment.</param>
/// <param name="Value">What it is now; of a secret only that there is one.</param>
/// <param name="Usual">What it is when nobody sets it.</param>
/// <param name="Source">default, file, environment, command_line, or program: the server decided.</param>
/// <param name="Origin">Where exactly it was written; empty: nowhere.</param>
/// <param name="NeedsRestart">Whether another value counts only after a restart.</param>
/// <param name="Waits">Whether another one was read that waits for a restart.</param>
/// <param name="About">What it does, in English.</param>
public sealed record OptionFact(
    string Path, string Variable, string Value, string Usual, string Source, string Origin, bool NeedsRestart,
    bool Waits, string About);
