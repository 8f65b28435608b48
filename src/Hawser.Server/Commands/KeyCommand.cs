using System.CommandLine;
using Hawser.Protocol.Identity;
using Hawser.Server.Keys;

namespace Hawser.Server.Commands;

/// <summary><c>hawser key generate|show|validate</c>: what rustdesk-utils does, and the key of a data folder.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var command = new Command("key", "Make, show and check server key pairs.");
        command.Add(Generate());
        command.Add(Show());
        command.Add(Validate());
        return command;
    }

    private static Option<string?> Data(string description) =>
        new("--data") { Description = description, HelpName = "DIR" };

    private static Command Generate()
    {
        var data = Data("Write the pair to this folder (never over an existing one) and don't print the secret.");
        var command = new Command("generate", "Make a key pair.") { data };
        command.SetAction(parsed =>
        {
            var key = ServerKey.Generate();
            if (parsed.GetValue(data) is { } folder)
            {
                DataFolder.Prepare(folder);
                if (KeyFiles.Read(folder) is not null)
                {
                    throw new StartupException($"--data: {folder} already holds a key pair; it stays as it is.");
                }

                KeyFiles.Write(folder, key);
                Console.Out.WriteLine($"Public Key:  {key.PublicText}");
                return ExitCode.Done;
            }

            Console.Out.WriteLine($"Public Key:  {key.PublicText}");
            Console.Out.WriteLine($"Secret Key:  {key.ToSecretText()}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var data = Data("The data folder; ./data when not given.");
        var command = new Command("show", "Print the public key of a data folder, as clients need it.") { data };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(data) ?? "./data";
            var key = KeyFiles.Read(folder)
                ?? throw new StartupException($"--data: {folder} holds no {KeyFiles.SecretName}.");
            Console.Out.WriteLine($"Public Key:  {key.PublicText}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Validate()
    {
        var publicKey = new Argument<string>("public") { Description = "Base64 of 32 bytes, or a file that holds it." };
        var secretKey = new Argument<string>("secret") { Description = "Base64 of 64 bytes, or a file that holds it." };
        var command = new Command("validate", "Check that a public and a secret key belong together.") { publicKey,
            secretKey };
        command.SetAction(parsed =>
        {
            var verdict = Check(TextOrFile(parsed.GetValue(publicKey)!), TextOrFile(parsed.GetValue(secretKey)!));
            (verdict is null ? Console.Out : Console.Error).WriteLine(verdict ?? "Key pair is VALID");
            return verdict is null ? ExitCode.Done : ExitCode.Failure;
        });
        return command;
    }

    private static string TextOrFile(string text) => File.Exists(text) ? File.ReadAllText(text).Trim() : text.Trim();

    /// <summary>Null when valid; else the words of rustdesk-utils.</summary>
    internal static string? Check(string publicText, string secretText)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (!Convert.TryFromBase64String(secretText, buffer, out var length)) return "Invalid secret key";
        if (length != 64) return "Invalid Secret key";
        if (!Convert.TryFromBase64String(publicText, buffer, out length)) return "Invalid public key";
        if (length != 32) return "Invalid Public key";
        return ServerKey.TryParse(secretText, out var key, out _) && key!.PublicText == publicText ? null
            : "Key pair is INVALID";
    }
}
