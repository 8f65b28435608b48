namespace Hawser.Api;

/// <summary>A warning or an error that a server logged.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Level">warn, error or critical.</param>
/// <param name="Category">Which part of the program said it.</param>
/// <param name="Event">Which line of that part it is.</param>
/// <param name="Message">What it said, without secrets.</param>
public sealed record Trouble(DateTime At, string Level, string Category, int Event, string Message);
