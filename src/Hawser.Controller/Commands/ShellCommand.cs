using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID shell</c>: a terminal of the machine in this terminal.</summary>
internal static class ShellCommand
{
    private const int Number = 1;

    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var keep = new Option<bool>("--keep") { Description = "The shell survives this connection." };
        var back = new Option<string>("--attach")
        {
            Description = "Come back to the shells of a service, as --keep named it.",
            HelpName = "SERVICE",
            DefaultValueFactory = _ => "",
        };
        var command = new Command("shell", "Open a shell; ends with its exit code.") { id, keep, back };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            var service = parsed.GetValue(back)!;
            var persistent = parsed.GetValue(keep) || service.Length > 0;
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!,
                o => o with
                {
                    Terminal = new Terminal { ServiceId = service },
                    Wishes = persistent
                        ? new OptionMessage { TerminalPersistent = OptionMessage.Types.BoolOption.Yes } : null,
                },
                cancellation);
            return await RunAsync(session, persistent, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(ControllerSession session, bool persistent, CancellationToken cancellation)
    {
        var (rows, columns) = Size();
        await session.Terminals.OpenAsync(Number, rows, columns, cancellation);
        if (persistent) await Console.Error.WriteLineAsync($"service {session.Terminals.ServiceId}");
        var saved = Console.IsInputRedirected ? null : Stty("-g");
        if (saved is not null) Stty("raw -echo");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(
            PosixSignal.SIGWINCH, _ => session.Terminals.Resize(Number, Size().Rows, Size().Columns));
        var typing = TypeAsync(session, stop.Token);
        try
        {
            return await ShowAsync(session, cancellation);
        }
        finally
        {
            if (saved is not null) Stty(saved);
            await stop.CancelAsync();
            // Standard input can't be given up; the program ends with it.
            if (typing.IsCompleted) await typing;
        }
    }

    private static async Task<int> ShowAsync(ControllerSession session, CancellationToken cancellation)
    {
        await using var output = Console.OpenStandardOutput();
        while (true)
        {
            var what = await session.Terminals.ReadAsync(Number, cancellation);
            if (what.ExitCode is { } code) return code;
            if (what.Error is { } error) throw new Failure(Exit.Failed, error);
            await output.WriteAsync(what.Output, cancellation);
            await output.FlushAsync(cancellation);
        }
    }

    private static async Task TypeAsync(ControllerSession session, CancellationToken cancellation)
    {
        await Task.Yield();
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await input.ReadAsync(buffer, cancellation)) > 0)
            {
                await session.Terminals.TypeAsync(Number, buffer.AsSpan(0, count), cancellation);
            }

            // The end of a script is the end of the shell: Ctrl+D at the start of a line.
            await session.Terminals.TypeAsync(Number, "\u0004"u8.ToArray(), cancellation);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The shell is over.
        }
    }

    private static (int Rows, int Columns) Size() => Console.IsOutputRedirected
        ? (24, 80) : (Math.Max(1, Console.WindowHeight), Math.Max(1, Console.WindowWidth));

    // The terminal's modes belong to whoever holds it: stty works on our own standard input.
    private static string? Stty(string arguments)
    {
        try
        {
            var start = new ProcessStartInfo("stty", arguments)
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
