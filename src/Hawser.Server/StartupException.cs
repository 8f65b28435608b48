namespace Hawser.Server;

/// <summary>
/// Why the program can't do what it was asked to: one sentence for the operator, naming the option, and an exit code.
/// </summary>
internal sealed class StartupException : Exception
{
    public StartupException(string sentence, Exception? inner = null, int exitCode = ExitCode.Failure)
        : base(sentence, inner) => Code = exitCode;

    public int Code { get; }
}

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int Usage = 2;
}
