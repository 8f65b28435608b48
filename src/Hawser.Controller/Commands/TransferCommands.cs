using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Spectre.Console;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID get|put</c>: files both ways, taken up again when the network breaks.</summary>
internal static class TransferCommands
{
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static Command Get(CallOptions calling)
    {
        var remote = new Argument<string>("remote") { Description = "A file or folder of the machine." };
        var local = new Argument<string?>("local")
        {
            Description = "Where to; its own name in this folder when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return Create("get", "Get a file, or all files of a folder.", calling, remote, local, (session, p, how, ct) =>
        {
            var from = p.GetValue(remote)!;
            var to = p.GetValue(local) ?? Path.GetFileName(from.TrimEnd('/', '\\'));
            if (Directory.Exists(to) && p.GetValue(local) is not null)
            {
                to = Path.Combine(to, Path.GetFileName(from.TrimEnd('/', '\\')));
            }

            return session.Files.GetAsync(from, to, how, ct);
        });
    }

    public static Command Put(CallOptions calling)
    {
        var local = new Argument<string>("local") { Description = "A file or folder here." };
        var remote = new Argument<string?>("remote")
        {
            Description = "Where to; its own name in the user's home when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        const string what = "Put a file, or all files of a folder.";
        return Create("put", what, calling, local, remote, async (session, p, how, ct) =>
        {
            var from = p.GetValue(local)!;
            if (!Path.Exists(from)) throw new Failure(Exit.Usage, $"There is no {from} here.");
            var home = (await session.Files.Start.WaitAsync(ct)).Path.TrimEnd('/');
            var name = Path.GetFileName(Path.GetFullPath(from).TrimEnd('/'));
            var to = p.GetValue(remote) ?? $"{home}/{name}";
            if (to.EndsWith('/')) to += name;
            return await session.Files.PutAsync(from, to.StartsWith('/') ? to : $"{home}/{to}", how, ct);
        });
    }

    private static Command Create(
        string name, string description, CallOptions calling, Argument first, Argument second,
        Func<ControllerSession, ParseResult, TransferOptions, CancellationToken, Task<TransferResult>> transfer)
    {
        var id = Target.Id();
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are there." };
        var resume = new Option<bool>("--resume") { Description = "Go on with what was cut off before." };
        var hidden = new Option<bool>("--all", "-a") { Description = "Hidden ones too." };
        var command = new Command(name, description) { id, first, second, overwrite, resume, hidden };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            var how = new TransferOptions
            {
                Hidden = parsed.GetValue(hidden),
                Resume = parsed.GetValue(resume),
                Overwrite = _ => ValueTask.FromResult(parsed.GetValue(overwrite)),
            };
            Task<TransferResult> Run(TransferOptions o) =>
                TryAsync(call, parsed.GetValue(id)!, o, (s, w) => transfer(s, parsed, w, cancellation), cancellation);
            var quiet = call.Json || Console.IsErrorRedirected;
            return Report(quiet ? await Run(how) : await ShownAsync(how, Run), call);
        });
        return command;
    }

    // A cut connection is made again, and the transfer goes on where it was.
    private static async Task<TransferResult> TryAsync(
        HostCall call, string target, TransferOptions how,
        Func<ControllerSession, TransferOptions, Task<TransferResult>> transfer, CancellationToken cancellation)
    {
        for (var i = 1; ; i++)
        {
            await using var session = await call.OpenAsync(
                target, o => o with { Files = new FileTransfer() }, cancellation);
            try
            {
                return await transfer(session, how);
            }
            catch (IOException e) when (session.Ended.IsCompleted && i < Tries)
            {
                await Console.Error.WriteLineAsync($"{Plain.Text(e.Message)}; trying again");
                how = how with { Resume = true };
                await Task.Delay(Pause, TimeProvider.System, cancellation);
            }
        }
    }

    private static async Task<TransferResult> ShownAsync(
        TransferOptions how, Func<TransferOptions, Task<TransferResult>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true).HideCompleted(false).StartAsync(async shown =>
        {
            ProgressTask? bar = null;
            var current = -1;
            return await run(how with
            {
                Progress = p =>
                {
                    if (bar is null || current != p.Number)
                    {
                        bar?.StopTask();
                        var label = p.File.Length > 0 ? $"{p.Number + 1}/{p.Files} {Plain.Text(p.File)}" : "file";
                        bar = shown.AddTask(Markup.Escape(label), maxValue: Math.Max(1, p.Size));
                        current = p.Number;
                    }

                    bar.Value = p.Size == 0 ? 1 : p.Done;
                },
            });
        });
    }

    private static int Report(TransferResult result, HostCall call)
    {
        if (call.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                moved = result.Moved,
                skipped = result.Skipped,
                errors = result.Errors,
                reached_by = call.How,
            }));
        }
        else
        {
            Console.Out.WriteLine($"{result.Moved} moved, {result.Skipped} left alone, {result.Errors.Count} failed");
            foreach (var error in result.Errors) Console.Error.WriteLine(Plain.Text(error));
            if (result is { Moved: 0, Skipped: > 0 })
            {
                Console.Error.WriteLine("What is there was left alone; --overwrite replaces what differs.");
            }
        }

        return result.Errors.Count > 0 ? Exit.Partly : Exit.Done;
    }
}
