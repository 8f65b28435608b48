namespace Hawser.Controller.Calling;

/// <summary>Exit codes of the program.</summary>
internal static class Exit
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotReachable = 3;
    public const int NotLetIn = 4;
    public const int NotEncrypted = 5;
    public const int Partly = 6;
}

/// <summary>Ends the program with a sentence that says what to do.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">The sentence.</param>
internal sealed class Failure(int code, string message) : Exception(message)
{
    public int Code => code;
}
