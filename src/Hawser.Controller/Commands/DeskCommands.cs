using System.CommandLine;
using System.Text;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID screenshot|type|click</c>.</summary>
internal static class DeskCommands
{
    private static readonly TimeSpan ShotLimit = TimeSpan.FromSeconds(30);

    public static Command Screenshot(CallOptions calling)
    {
        var id = Target.Id();
        var display = Target.Display();
        var file = new Option<string?>("--out")
        {
            Description = "The picture; ID.png when not given. '-' is standard output.",
            HelpName = "FILE.png",
        };
        var command = new Command("screenshot", "Save a picture of a display.") { id, file, display };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var session = await new HostCall(calling, parsed).OpenAsync(
                parsed.GetValue(id)!, o => o, cancellation);
            var index = Target.Check(session, parsed.GetValue(display));
            using var limit = new CancellationTokenSource(ShotLimit);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            ReadOnlyMemory<byte> png;
            try
            {
                png = await session.Screen.ScreenshotAsync(index, both.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw new Failure(Exit.Failed, "The host does not answer; screenshots need RustDesk 1.4.0 or Hawser.");
            }

            var name = parsed.GetValue(file) ?? $"{parsed.GetValue(id)}.png";
            if (name == "-")
            {
                await using var output = Console.OpenStandardOutput();
                await output.WriteAsync(png, cancellation);
            }
            else await File.WriteAllBytesAsync(name, png, cancellation);

            return Exit.Done;
        });
        return command;
    }

    public static Command Type(CallOptions calling)
    {
        var id = Target.Id();
        var text = new Argument<string?>("text")
        {
            Description = "The text; '-' is standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var enter = new Option<bool>("--enter") { Description = "With the return key at the end." };
        var keys = new Option<string[]>("--press")
        {
            Description = "Strikes a key instead, such as F5 or control+alt+t; several in order.",
            HelpName = "KEY",
            DefaultValueFactory = _ => [],
        };
        var command = new Command("type", "Type a text, or strike keys.") { id, text, enter, keys };
        command.SetAction(async (parsed, cancellation) =>
        {
            var chords = parsed.GetValue(keys)!.Select(Chord.Parse).ToArray();
            var typed = parsed.GetValue(text);
            if (typed == "-") typed = await Console.In.ReadToEndAsync(cancellation);
            if (typed is null && chords.Length == 0) throw new Failure(Exit.Usage, "What? A text, or --press KEY.");
            await using var session = await InputAsync(calling, parsed, id, cancellation);
            var input = session.Screen.Input;
            if (typed is not null) await input.TypeAsync(typed);
            foreach (var chord in chords) await chord.PressAsync(input);
            if (parsed.GetValue(enter)) await input.PressAsync(ControlKey.Return);
            await session.SettleAsync(cancellation);
            return Exit.Done;
        });
        return command;
    }

    public static Command Click(CallOptions calling)
    {
        var id = Target.Id();
        var x = new Argument<int>("x") { Description = "Pixels from the left of the desktop." };
        var y = new Argument<int>("y") { Description = "Pixels from its top." };
        var button = new Option<MouseButton>("--button")
        {
            Description = "Left, Right, Middle, Back or Forward.",
            DefaultValueFactory = _ => MouseButton.Left,
        };
        var times = new Option<int>("--times") { Description = "2 for a double click.", DefaultValueFactory = _ => 1 };
        var wheel = new Option<int>("--wheel") { Description = "Turns the wheel instead: notches up; below 0 down." };
        var command = new Command("click", "Move the pointer and click.") { id, x, y, button, times, wheel };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var session = await InputAsync(calling, parsed, id, cancellation);
            var input = session.Screen.Input;
            var (left, top) = (parsed.GetValue(x), parsed.GetValue(y));
            if (parsed.GetValue(wheel) is not 0 and var notches)
            {
                await input.MoveToAsync(left, top);
                await input.WheelAsync(0, notches);
            }
            else
            {
                await input.ClickAsync(left, top, parsed.GetValue(button), Math.Clamp(parsed.GetValue(times), 0, 10));
            }

            await session.SettleAsync(cancellation);
            return Exit.Done;
        });
        return command;
    }

    private static async Task<ControllerSession> InputAsync(
        CallOptions calling, ParseResult parsed, Argument<string> id, CancellationToken cancellation)
    {
        var session = await new HostCall(calling, parsed).OpenAsync(parsed.GetValue(id)!, o => o, cancellation);
        if (!session.Denied.Contains(PermissionInfo.Types.Permission.Keyboard)) return session;
        await session.DisposeAsync();
        throw new Failure(Exit.NotLetIn, "The host does not let its pointer and keys be used (enable-keyboard).");
    }

    /// <summary>Keys that are held, and one that is struck.</summary>
    private sealed record Chord(ControlKey[] Held, ControlKey? Named, Rune? Character)
    {
        public static Chord Parse(string text)
        {
            var parts = text.Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0) throw new Failure(Exit.Usage, $"--press {text}: a key's name is needed.");
            var held = parts[..^1].Select(p => Key(p) ?? throw Unknown(p)).ToArray();
            var last = parts[^1];
            if (Key(last) is { } named) return new Chord(held, named, null);
            return last.EnumerateRunes().ToArray() is [var one] ? new Chord(held, null, one) : throw Unknown(last);
        }

        public Task PressAsync(RemoteInput input) => Named is { } named
            ? input.PressAsync(named, Held) : input.PressAsync(Character!.Value, Held);

        private static Failure Unknown(string key) =>
            new(Exit.Usage, $"--press: there is no key {key}; {string.Join(' ', Enum.GetNames<ControlKey>())}");

        private static ControlKey? Key(string name) => name.ToUpperInvariant() switch
        {
            "CTRL" => ControlKey.Control,
            "ENTER" => ControlKey.Return,
            "ESC" => ControlKey.Escape,
            "WIN" or "SUPER" => ControlKey.Meta,
            "UP" => ControlKey.UpArrow,
            "DOWN" => ControlKey.DownArrow,
            "LEFT" => ControlKey.LeftArrow,
            "RIGHT" => ControlKey.RightArrow,
            _ when name.Length > 1 && !char.IsDigit(name[0]) && Enum.TryParse(name, true, out ControlKey key) => key,
            _ => null,
        };
    }
}
