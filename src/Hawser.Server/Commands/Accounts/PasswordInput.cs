using System.CommandLine;
using System.Security.Cryptography;
using Spectre.Console;

namespace Hawser.Server.Commands.Accounts;

/// <summary>Where passwords come from; never the command line, which everybody on the machine can read.</summary>
internal static class PasswordInput
{
    // Without what is mistaken for something else; 16 of 56 are 92 random bits.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    public static Option<bool> Stdin() => new("--password-stdin")
    {
        Description = "Read the password from standard input, up to the end of the line.",
    };

    /// <summary>A password that nobody guesses.</summary>
    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, 16);

    /// <summary>The first line of standard input.</summary>
    public static async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        await Console.In.ReadLineAsync(cancellationToken)
            ?? throw new StartupException("--password-stdin: standard input is empty.");

    /// <summary>Asks twice, without showing it.</summary>
    public static string Ask()
    {
        if (Console.IsInputRedirected)
        {
            throw new StartupException("there is no terminal to ask at: use --password-stdin or --generate.");
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var first = console.Prompt(new TextPrompt<string>("New password:").Secret());
        var second = console.Prompt(new TextPrompt<string>("Again:").Secret());
        return first == second ? first : throw new StartupException("The two passwords differ; nothing was changed.");
    }
}
