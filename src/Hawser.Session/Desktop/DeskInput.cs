using System.Text;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Desktop;

/// <summary>
/// What one controller does to pointer and keys (§11), and what it holds down meanwhile, so that nothing stays down
/// when it vanishes.
/// </summary>
internal sealed class DeskInput(InputDevice device, TimeProvider time)
{
    private const int MostText = 64 * 1024;
    private const int MostMove = 10_000;
    private const int MostNotches = 100;
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(360);
    private static readonly ControlKey[] Modifiers =
        [ControlKey.Alt, ControlKey.Shift, ControlKey.Control, ControlKey.Meta];

    private readonly Dictionary<int, long> _keys = [];
    private readonly HashSet<MouseButton> _buttons = [];

    private enum MouseKind
    {
        Move = 0,
        Down = 1,
        Up = 2,
        Wheel = 3,
        Trackpad = 4,
        MoveBy = 5,
    }

    /// <summary>Does what a mouse did.</summary>
    /// <param name="mouse">The event.</param>
    /// <returns>Whether the pointer moved.</returns>
    public bool OnMouse(MouseEvent mouse)
    {
        LetGoOfOld();
        var kind = (MouseKind)(mouse.Mask & 7);
        switch (kind)
        {
            case MouseKind.Move:
                device.MoveTo(mouse.X, mouse.Y);
                return true;
            case MouseKind.MoveBy:
                device.MoveBy(Math.Clamp(mouse.X, -MostMove, MostMove), Math.Clamp(mouse.Y, -MostMove, MostMove));
                return true;
            case MouseKind.Down or MouseKind.Up:
                OnButton((MouseButton)(mouse.Mask >> 3), kind == MouseKind.Down, mouse.Modifiers);
                return false;
            case MouseKind.Wheel or MouseKind.Trackpad:
                // Left is positive on the wire.
                device.Wheel(
                    Math.Clamp(-mouse.X, -MostNotches, MostNotches), Math.Clamp(mouse.Y, -MostNotches, MostNotches));
                return false;
            default:
                return false;
        }
    }

    /// <summary>Does what a key did.</summary>
    /// <param name="key">The event.</param>
    public void OnKey(KeyEvent key)
    {
        LetGoOfOld();
        switch (key.UnionCase)
        {
            case KeyEvent.UnionOneofCase.Seq when key.Down || key.Press:
                if (key.Seq.Length <= MostText) device.Type(key.Seq);
                break;
            case KeyEvent.UnionOneofCase.Unicode when key.Down || key.Press:
                if (Rune.TryCreate(key.Unicode, out var typed)) device.Type(typed.ToString());
                break;
            case KeyEvent.UnionOneofCase.ControlKey:
                OnNamed(key);
                break;
            case KeyEvent.UnionOneofCase.Chr when key.Mode is KeyboardMode.Map or KeyboardMode.Translate:
                if (key.Chr is >= 8 and <= 255) OnPlace((int)key.Chr, key);
                break;
            case KeyEvent.UnionOneofCase.Chr:
                OnCharacter(key);
                break;
            default:
                break;
        }
    }

    /// <summary>Releases whatever is down: the controller has gone.</summary>
    public void ReleaseAll()
    {
        foreach (var code in _keys.Keys) device.Key(code, false);
        foreach (var button in _buttons) device.Button(button, false);
        _keys.Clear();
        _buttons.Clear();
    }

    private void OnButton(MouseButton button, bool down, IReadOnlyCollection<ControlKey> modifiers)
    {
        if (!Enum.IsDefined(button)) return;
        if (down)
        {
            _buttons.Add(button);
            With(modifiers, except: null, () => device.Button(button, true));
        }
        else if (_buttons.Remove(button)) device.Button(button, false);
    }

    private void OnNamed(KeyEvent key)
    {
        if (key.ControlKey == ControlKey.CtrlAltDel)
        {
            if (key.Down || key.Press) Chord([ControlKey.Control, ControlKey.Alt], ControlKey.Delete);
            return;
        }

        if (key.ControlKey == ControlKey.LockScreen)
        {
            if (key.Down || key.Press) Chord([ControlKey.Meta], 'l');
            return;
        }

        if (device.CodeOf(key.ControlKey) is not { } code) return;
        if (key.Mode is KeyboardMode.Map or KeyboardMode.Translate) Strike(code, key);
        else With(key.Modifiers, key.ControlKey, () => Strike(code, key));
    }

    private void OnCharacter(KeyEvent key)
    {
        if (!Rune.TryCreate(key.Chr, out var character)) return;
        if (device.CodeOf(character) is not { } found)
        {
            if (key.Down || key.Press) device.Type(character.ToString());
            return;
        }

        var modifiers = key.Modifiers.ToList();
        if (found.Shift && !modifiers.Contains(ControlKey.Shift)) modifiers.Add(ControlKey.Shift);
        With(modifiers, except: null, () => Strike(found.Code, key));
    }

    // The list says which locks are on at the other end, for the keys that they matter to (§11.3).
    private void OnPlace(int code, KeyEvent key)
    {
        var caps = Match(ControlKey.CapsLock, key, device.IsLetter(code));
        var num = Match(ControlKey.NumLock, key, device.IsKeypad(code));
        Strike(code, key);
        if (num) Toggle(ControlKey.NumLock);
        if (caps) Toggle(ControlKey.CapsLock);
    }

    private bool Match(ControlKey key, KeyEvent wish, bool matters)
    {
        if (!matters || !(wish.Down || wish.Press)) return false;
        if (device.IsLocked(key) == wish.Modifiers.Contains(key)) return false;
        Toggle(key);
        return true;
    }

    private void Toggle(ControlKey key)
    {
        if (device.CodeOf(key) is not { } code) return;
        device.Key(code, true);
        device.Key(code, false);
    }

    // As the field's hosts here: what is no modifier is struck when it goes down, and repeated by the controller.
    private void Strike(int code, KeyEvent key)
    {
        if (!key.Press && device.IsModifier(code))
        {
            if (key.Down) _keys[code] = time.GetTimestamp();
            else _keys.Remove(code);
            device.Key(code, key.Down);
            return;
        }

        if (!key.Down && !key.Press) return;
        device.Key(code, true);
        device.Key(code, false);
    }

    // Missing modifiers are pressed for the event, and stale ones released.
    private void With(IReadOnlyCollection<ControlKey> wanted, ControlKey? except, Action action)
    {
        List<(int Code, bool WasDown)> undo = [];
        foreach (var modifier in Modifiers)
        {
            if (modifier == except || IsOtherSide(modifier, except)) continue;
            var held = device.Held(modifier);
            var want = wanted.Contains(modifier) || wanted.Any(w => IsOtherSide(modifier, w));
            if (want == held is not null) continue;
            if ((held ?? device.CodeOf(modifier)) is not { } code) continue;
            device.Key(code, want);
            undo.Add((code, !want));
        }

        action();
        for (var i = undo.Count - 1; i >= 0; i--) device.Key(undo[i].Code, undo[i].WasDown);
    }

    private static bool IsOtherSide(ControlKey modifier, ControlKey? key) => (modifier, key) is
        (ControlKey.Alt, ControlKey.Ralt) or (ControlKey.Shift, ControlKey.Rshift)
        or (ControlKey.Control, ControlKey.Rcontrol) or (ControlKey.Meta, ControlKey.Rwin);

    private void Chord(ControlKey[] modifiers, ControlKey key)
    {
        if (device.CodeOf(key) is { } code) With(modifiers, null, () => Press(code));
    }

    private void Chord(ControlKey[] modifiers, char key)
    {
        if (device.CodeOf(new Rune(key)) is { } found) With(modifiers, null, () => Press(found.Code));
    }

    private void Press(int code)
    {
        device.Key(code, true);
        device.Key(code, false);
    }

    private void LetGoOfOld()
    {
        if (_keys.Count == 0) return;
        foreach (var (code, since) in _keys.ToArray())
        {
            if (time.GetElapsedTime(since) < LongestHold) continue;
            _keys.Remove(code);
            device.Key(code, false);
        }
    }
}
