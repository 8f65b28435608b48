using System.Text;
using Hawser.Protocol.Messages;

namespace Hawser.Agent.Linux.X11;

/// <summary>Names and characters as X has them (keysyms).</summary>
internal static class KeySymbols
{
    public const nuint NumLock = 0xff7f;
    public const nuint Level3 = 0xfe03;
    private const uint UnicodeFlag = 0x0100_0000;

    private static readonly Dictionary<ControlKey, nuint> Named = new()
    {
        [ControlKey.Alt] = 0xffe9, [ControlKey.Backspace] = 0xff08, [ControlKey.CapsLock] = 0xffe5,
        [ControlKey.Control] = 0xffe3, [ControlKey.Delete] = 0xffff, [ControlKey.DownArrow] = 0xff54,
        [ControlKey.End] = 0xff57, [ControlKey.Escape] = 0xff1b, [ControlKey.F1] = 0xffbe, [ControlKey.F2] = 0xffbf,
        [ControlKey.F3] = 0xffc0, [ControlKey.F4] = 0xffc1, [ControlKey.F5] = 0xffc2, [ControlKey.F6] = 0xffc3,
        [ControlKey.F7] = 0xffc4, [ControlKey.F8] = 0xffc5, [ControlKey.F9] = 0xffc6, [ControlKey.F10] = 0xffc7,
        [ControlKey.F11] = 0xffc8, [ControlKey.F12] = 0xffc9, [ControlKey.Home] = 0xff50,
        [ControlKey.LeftArrow] = 0xff51, [ControlKey.Meta] = 0xffeb, [ControlKey.Option] = 0xffe9,
        [ControlKey.PageDown] = 0xff56, [ControlKey.PageUp] = 0xff55, [ControlKey.Return] = 0xff0d,
        [ControlKey.RightArrow] = 0xff53, [ControlKey.Shift] = 0xffe1, [ControlKey.Space] = 0x20,
        [ControlKey.Tab] = 0xff09, [ControlKey.UpArrow] = 0xff52, [ControlKey.Numpad0] = 0xffb0,
        [ControlKey.Numpad1] = 0xffb1, [ControlKey.Numpad2] = 0xffb2, [ControlKey.Numpad3] = 0xffb3,
        [ControlKey.Numpad4] = 0xffb4, [ControlKey.Numpad5] = 0xffb5, [ControlKey.Numpad6] = 0xffb6,
        [ControlKey.Numpad7] = 0xffb7, [ControlKey.Numpad8] = 0xffb8, [ControlKey.Numpad9] = 0xffb9,
        [ControlKey.Cancel] = 0xff69, [ControlKey.Clear] = 0xff0b, [ControlKey.Menu] = 0xffe9,
        [ControlKey.Pause] = 0xff13, [ControlKey.Kana] = 0xff2d, [ControlKey.Hangul] = 0xff31,
        [ControlKey.Hanja] = 0xff34, [ControlKey.Kanji] = 0xff21, [ControlKey.Convert] = 0xff23,
        [ControlKey.Select] = 0xff60, [ControlKey.Print] = 0xff61, [ControlKey.Execute] = 0xff62,
        [ControlKey.Snapshot] = 0xff61, [ControlKey.Insert] = 0xff63, [ControlKey.Help] = 0xff6a,
        [ControlKey.Sleep] = 0x1008ff2f, [ControlKey.Separator] = 0xffac, [ControlKey.Scroll] = 0xff14,
        [ControlKey.NumLock] = NumLock, [ControlKey.Rwin] = 0xffec, [ControlKey.Apps] = 0xff67,
        [ControlKey.Multiply] = 0xffaa, [ControlKey.Add] = 0xffab, [ControlKey.Subtract] = 0xffad,
        [ControlKey.Decimal] = 0xffae, [ControlKey.Divide] = 0xffaf, [ControlKey.Equals] = 0xffbd,
        [ControlKey.NumpadEnter] = 0xff8d, [ControlKey.Rshift] = 0xffe2, [ControlKey.Rcontrol] = 0xffe4,
        [ControlKey.Ralt] = 0xffea, [ControlKey.VolumeMute] = 0x1008ff12, [ControlKey.VolumeUp] = 0x1008ff13,
        [ControlKey.VolumeDown] = 0x1008ff11, [ControlKey.Power] = 0x1008ff2a,
    };

    public static nuint Of(ControlKey key) => Named.GetValueOrDefault(key);

    /// <summary>Both sides of a modifier.</summary>
    public static nuint[] Sides(ControlKey modifier) => modifier switch
    {
        ControlKey.Shift => [0xffe1, 0xffe2],
        ControlKey.Control => [0xffe3, 0xffe4],
        ControlKey.Alt => [0xffe9, 0xffea],
        ControlKey.Meta => [0xffeb, 0xffec, 0xffe7, 0xffe8],
        _ => [Of(modifier)],
    };

    /// <summary>The names that a character may have: Latin ones are themselves, others carry a flag.</summary>
    public static nuint Of(Rune character) => character.Value switch
    {
        '\n' or '\r' => 0xff0d,
        '\t' => 0xff09,
        '\b' => 0xff08,
        0x1b => 0xff1b,
        (>= 0x20 and <= 0x7e) or (>= 0xa0 and <= 0xff) => (nuint)character.Value,
        _ => (uint)character.Value | UnicodeFlag,
    };

    public static bool IsKeypad(nuint symbol) => symbol is >= 0xff80 and <= 0xffb9;

    public static bool IsLetter(nuint symbol) =>
        symbol is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= 0xc0 and <= 0xfe and not 0xd7 and not 0xf7);
}
