using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Desktop;

namespace Hawser.Session.Controller;

/// <summary>Pointer and keys of a host (§11).</summary>
public sealed class RemoteInput
{
    private const int PieceOfText = 1024;
    private readonly ControllerSession _session;

    internal RemoteInput(ControllerSession session) => _session = session;

    /// <summary>Moves the pointer.</summary>
    /// <param name="x">Virtual-desktop pixels of the host.</param>
    /// <param name="y">Virtual-desktop pixels of the host.</param>
    /// <returns>When sent.</returns>
    public Task MoveToAsync(int x, int y) => SendAsync(new MouseEvent { X = x, Y = y });

    /// <summary>Presses or releases a button where the pointer is.</summary>
    /// <param name="button">Which.</param>
    /// <param name="down">Whether it goes down.</param>
    /// <param name="modifiers">Keys that are held meanwhile.</param>
    /// <returns>When sent.</returns>
    public Task ButtonAsync(MouseButton button, bool down, params ControlKey[] modifiers) => SendAsync(new MouseEvent
    {
        Mask = (int)button << 3 | (down ? 1 : 2),
        Modifiers = { modifiers },
    });

    /// <summary>Moves the pointer and clicks.</summary>
    /// <param name="x">Virtual-desktop pixels of the host.</param>
    /// <param name="y">Virtual-desktop pixels of the host.</param>
    /// <param name="button">Which.</param>
    /// <param name="times">How often.</param>
    /// <returns>When sent.</returns>
    public async Task ClickAsync(int x, int y, MouseButton button = MouseButton.Left, int times = 1)
    {
        await MoveToAsync(x, y);
        for (var i = 0; i < times; i++)
        {
            await ButtonAsync(button, true);
            await ButtonAsync(button, false);
        }
    }

    /// <summary>Turns the wheel.</summary>
    /// <param name="right">Notches to the right.</param>
    /// <param name="up">Notches up.</param>
    /// <returns>When sent.</returns>
    public Task WheelAsync(int right, int up) => SendAsync(new MouseEvent { Mask = 3, X = -right, Y = up });

    /// <summary>Types a text, whatever the host's keyboard has; a new line is the return key.</summary>
    /// <param name="text">The text.</param>
    /// <returns>When sent.</returns>
    public async Task TypeAsync(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0) await PressAsync(ControlKey.Return);
            foreach (var piece in Pieces(lines[i]))
            {
                await SendAsync(new KeyEvent { Seq = piece, Press = true, Down = true });
            }
        }
    }

    /// <summary>Strikes a key by its name.</summary>
    /// <param name="key">The key.</param>
    /// <param name="modifiers">Keys that are held meanwhile.</param>
    /// <returns>When sent.</returns>
    public Task PressAsync(ControlKey key, params ControlKey[] modifiers)
    {
        ArgumentNullException.ThrowIfNull(modifiers);
        // Windows takes this chord from nobody: its host asks the system for what it does (§11.3).
        var attention = key == ControlKey.Delete && _session.Host?.Platform == "Windows" && modifiers.Length == 2
            && modifiers.Contains(ControlKey.Control) && modifiers.Contains(ControlKey.Alt);
        return SendAsync(attention
            ? new KeyEvent { ControlKey = ControlKey.CtrlAltDel, Down = true }
            : new KeyEvent { ControlKey = key, Press = true, Down = true, Modifiers = { modifiers } });
    }

    /// <summary>Strikes a key that yields a character.</summary>
    /// <param name="character">The character.</param>
    /// <param name="modifiers">Keys that are held meanwhile.</param>
    /// <returns>When sent.</returns>
    public Task PressAsync(System.Text.Rune character, params ControlKey[] modifiers) => SendAsync(new KeyEvent
    {
        Chr = (uint)character.Value,
        Press = true,
        Down = true,
        Modifiers = { modifiers },
    });

    /// <summary>Sends a key as it is.</summary>
    /// <param name="key">The event.</param>
    /// <returns>When sent.</returns>
    public Task SendAsync(KeyEvent key) =>
        _session.Lanes.SendAsync(SendLane.Input, new Message { KeyEvent = key }, _session.Stopping);

    /// <summary>Sends what a mouse did as it is.</summary>
    /// <param name="mouse">The event.</param>
    /// <returns>When sent.</returns>
    public Task SendAsync(MouseEvent mouse) =>
        _session.Lanes.SendAsync(SendLane.Input, new Message { MouseEvent = mouse }, _session.Stopping);

    private static IEnumerable<string> Pieces(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(PieceOfText, text.Length - at);
            if (char.IsHighSurrogate(text[at + length - 1]) && at + length < text.Length) length--;
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
