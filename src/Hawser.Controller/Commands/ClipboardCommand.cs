using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID clipboard get|set</c>.</summary>
internal static class ClipboardCommand
{
    private const string Get = "get";
    private const string Set = "set";

    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var what = new Argument<string>("get|set") { Description = "Read what was copied there, or put it there." };
        what.AcceptOnlyFromAmong(Get, Set);
        var text = new Argument<string?>("text")
        {
            Description = "The text to put there; '-' is standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var html = new Option<string?>("--html") { Description = "HTML, from or to this file.", HelpName = "FILE" };
        var rtf = new Option<string?>("--rtf") { Description = "Rich text, from or to this file.", HelpName = "FILE" };
        var png = new Option<string?>("--png") { Description = "A picture, from or to this file.", HelpName = "FILE" };
        var paths = new Option<string[]>("--files")
        {
            Description = "get: puts files that were copied there into this folder. set: offers this file or folder.",
            HelpName = "PATH",
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "get: how long to wait for a copy. Hosts of others send the next one, not the present one. "
                + "set --files: how long they are offered after they were last read.",
            HelpName = "N",
            DefaultValueFactory = _ => 30,
        };
        var command = new Command("clipboard", "Read or set the clipboard: text, HTML, rich text, a picture.")
        {
            id, what, text, html, rtf, png, paths, seconds,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            var files = new Files(parsed.GetValue(html), parsed.GetValue(rtf), parsed.GetValue(png));
            var target = parsed.GetValue(id)!;
            if (parsed.GetValue(paths) is { Length: > 0 } copied)
            {
                var patience = TimeSpan.FromSeconds(parsed.GetValue(seconds));
                var isGet = parsed.GetValue(what) == Get;
                return await new CopiedFiles(call, target, patience).RunAsync(isGet, copied, cancellation);
            }

            if (parsed.GetValue(what) == Get)
            {
                var limit = TimeSpan.FromSeconds(parsed.GetValue(seconds));
                var got = await GetAsync(call, target, limit, cancellation);
                await files.WriteAsync(got, call.Json, cancellation);
                return Exit.Done;
            }

            var content = await files.ReadAsync(parsed.GetValue(text), cancellation);
            if (content.IsEmpty) throw new Failure(Exit.Usage, "What? A text, '-', --html, --rtf or --png.");
            await using var session = await call.OpenAsync(target, o => o with { Wishes = Quiet() }, cancellation);
            Check(session);
            return await session.SendClipboardAsync(content, cancellation) ? Exit.Done
                : throw new Failure(Exit.Failed, "Too large for a clipboard: at most 5 million letters, or 48 MiB.");
        });
        return command;
    }

    private static async Task<ClipboardContent> GetAsync(
        HostCall call, string target, TimeSpan limit, CancellationToken cancellation)
    {
        var got = new TaskCompletionSource<ClipboardContent>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var session = await call.OpenAsync(
            target,
            o => o with
            {
                Wishes = Quiet(),
                Events = new ControllerEvents { Clipboard = content => got.TrySetResult(content) },
            },
            cancellation);
        Check(session);
        // Nothing is sent at the login; a host of ours sends what is there when it is asked for anew.
        session.SendOptions(new OptionMessage { DisableClipboard = OptionMessage.Types.BoolOption.No });
        try
        {
            var first = await Task.WhenAny(got.Task, session.Ended).WaitAsync(limit, cancellation);
            if (first == got.Task) return await got.Task;
        }
        catch (TimeoutException)
        {
            throw new Failure(Exit.Failed, "Nothing is on the clipboard, or nothing was copied in time (--seconds).");
        }

        throw new Failure(Exit.Failed, session.EndReason ?? "The session has ended.");
    }

    // No pictures and no sound: only the clipboard is wanted.
    private static OptionMessage Quiet() => new()
    {
        DisableClipboard = OptionMessage.Types.BoolOption.Yes,
        DisableAudio = OptionMessage.Types.BoolOption.Yes,
        CustomFps = 1,
    };

    private static void Check(ControllerSession session)
    {
        if (!session.Denied.Contains(PermissionInfo.Types.Permission.Clipboard)) return;
        throw new Failure(Exit.NotLetIn, "The host does not share its clipboard (enable-clipboard).");
    }

    private sealed record Files(string? Html, string? Rtf, string? Png)
    {
        public async Task<ClipboardContent> ReadAsync(string? text, CancellationToken cancellation) => new()
        {
            Text = text == "-" ? await Console.In.ReadToEndAsync(cancellation) : text ?? "",
            Html = Html is null ? "" : await File.ReadAllTextAsync(Html, cancellation),
            Rtf = Rtf is null ? "" : await File.ReadAllTextAsync(Rtf, cancellation),
            Png = Png is null ? default : await File.ReadAllBytesAsync(Png, cancellation),
        };

        // The text goes to standard output, unless a file for another form was asked for.
        public async Task WriteAsync(ClipboardContent content, bool json, CancellationToken cancellation)
        {
            if (Html is not null) await File.WriteAllTextAsync(Html, Had(content.Html, "HTML"), cancellation);
            if (Rtf is not null) await File.WriteAllTextAsync(Rtf, Had(content.Rtf, "rich text"), cancellation);
            if (Png is not null)
            {
                if (content.Png.IsEmpty) throw Missing("picture");
                await File.WriteAllBytesAsync(Png, content.Png, cancellation);
            }

            if (json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(new
                {
                    text = content.Text,
                    html = content.Html,
                    rtf = content.Rtf,
                    png = Convert.ToBase64String(content.Png.Span),
                }));
            }
            else if (Html is null && Rtf is null && Png is null) Console.Out.Write(Had(content.Text, "text"));
        }

        private static string Had(string text, string what) => text.Length > 0 ? text : throw Missing(what);

        private static Failure Missing(string what) => new(Exit.Failed, $"There is no {what} on the clipboard.");
    }
}
