using Hawser.Protocol.Messages;

namespace Hawser.Session.Desktop;

/// <summary>A button of a mouse.</summary>
public enum MouseButton
{
    /// <summary>Left.</summary>
    Left = 1,

    /// <summary>Right.</summary>
    Right = 2,

    /// <summary>Middle.</summary>
    Middle = 4,

    /// <summary>Back.</summary>
    Back = 8,

    /// <summary>Forward.</summary>
    Forward = 16,
}

/// <summary>A desk's pointer and keys. Calls may come from several sessions; the device puts them in order.</summary>
public abstract class InputDevice
{
    /// <summary>Moves the pointer.</summary>
    /// <param name="x">Virtual-desktop pixels.</param>
    /// <param name="y">Virtual-desktop pixels.</param>
    public abstract void MoveTo(int x, int y);

    /// <summary>Moves the pointer from where it is.</summary>
    /// <param name="dx">To the right.</param>
    /// <param name="dy">Down.</param>
    public abstract void MoveBy(int dx, int dy);

    /// <summary>Presses or releases a button.</summary>
    /// <param name="button">Which.</param>
    /// <param name="down">Whether it goes down.</param>
    public abstract void Button(MouseButton button, bool down);

    /// <summary>Turns the wheel.</summary>
    /// <param name="right">Notches to the right.</param>
    /// <param name="up">Notches up.</param>
    public abstract void Wheel(int right, int up);

    /// <summary>Presses or releases a key by its place.</summary>
    /// <param name="code">The platform's code (§11.3).</param>
    /// <param name="down">Whether it goes down.</param>
    public abstract void Key(int code, bool down);

    /// <summary>Types a text, with keys that the keyboard may not have.</summary>
    /// <param name="text">The text.</param>
    public abstract void Type(string text);

    /// <summary>The key with a name.</summary>
    /// <param name="key">The name.</param>
    /// <returns>Its code; null when this keyboard has none.</returns>
    public abstract int? CodeOf(ControlKey key);

    /// <summary>The key that yields a character.</summary>
    /// <param name="character">The character.</param>
    /// <returns>Its code, and whether shift must be held; null when this keyboard has none.</returns>
    public abstract (int Code, bool Shift)? CodeOf(System.Text.Rune character);

    /// <summary>Whether a key changes what others do while it is held.</summary>
    /// <param name="code">The key.</param>
    /// <returns>Whether it is Shift, Control, Alt or the like.</returns>
    public abstract bool IsModifier(int code);

    /// <summary>Whether the capitals' lock matters to a key.</summary>
    /// <param name="code">The key.</param>
    /// <returns>Whether it is a letter's.</returns>
    public abstract bool IsLetter(int code);

    /// <summary>Whether the number lock matters to a key.</summary>
    /// <param name="code">The key.</param>
    /// <returns>Whether it is on the keypad.</returns>
    public abstract bool IsKeypad(int code);

    /// <summary>Whether one of the keys of a modifier is down.</summary>
    /// <param name="modifier">Shift, Control, Alt or Meta.</param>
    /// <returns>The code of a key that is down; null when none is.</returns>
    public abstract int? Held(ControlKey modifier);

    /// <summary>Whether a lock is on.</summary>
    /// <param name="key">CapsLock or NumLock.</param>
    /// <returns>Whether it is.</returns>
    public abstract bool IsLocked(ControlKey key);
}
