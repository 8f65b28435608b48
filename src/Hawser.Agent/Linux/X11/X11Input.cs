using System.Text;
using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;

namespace Hawser.Agent.Linux.X11;

/// <summary>Pointer and keys of an X server, by XTEST.</summary>
internal sealed unsafe class X11Input : InputDevice, IDisposable
{
    private const int BetweenUses = 40;
    private readonly XConnection _server;
    private readonly XKeyboard _keyboard;

    private X11Input(XConnection server)
    {
        _server = server;
        _keyboard = new XKeyboard(server);
        server.Got = got =>
        {
            if (*(int*)got == Xlib.MappingNotify) _keyboard.Forget();
        };
        server.Start();
    }

    /// <summary>The input of a server; null when it has no XTEST.</summary>
    public static X11Input? TryOpen(string? name)
    {
        var server = new XConnection(name);
        int events, errors, major, minor;
        bool has;
        lock (server.Gate) has = Xlib.XTestQueryExtension(server.Display, &events, &errors, &major, &minor) != 0;
        if (has)
        {
            // Not held up by programs that grab the server.
            lock (server.Gate) _ = Xlib.XTestGrabControl(server.Display, 1);
            return new X11Input(server);
        }

        server.Dispose();
        return null;
    }

    public override void MoveTo(int x, int y) =>
        Do(display => Xlib.XTestFakeMotionEvent(display, -1, x, y, 0));

    public override void MoveBy(int dx, int dy) =>
        Do(display => Xlib.XTestFakeRelativeMotionEvent(display, dx, dy, 0));

    public override void Button(MouseButton button, bool down)
    {
        var number = button switch
        {
            MouseButton.Left => 1u,
            MouseButton.Middle => 2u,
            MouseButton.Right => 3u,
            MouseButton.Back => 8u,
            _ => 9u,
        };
        Do(display => Xlib.XTestFakeButtonEvent(display, number, down ? 1 : 0, 0));
    }

    public override void Wheel(int right, int up)
    {
        Turn(up > 0 ? 4u : 5u, Math.Abs(up));
        Turn(right > 0 ? 7u : 6u, Math.Abs(right));
    }

    public override void Key(int code, bool down) => Do(display => Strike(display, code, down));

    public override void Type(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (_server.Gate)
        {
            if (_server.IsBroken) return;
            var held = _keyboard.HeldModifiers();
            foreach (var code in held) Strike(_server.Display, code, false);
            foreach (var character in text.EnumerateRunes()) Type(character);
            foreach (var code in held) Strike(_server.Display, code, true);
            _server.Flush();
        }
    }

    public override int? CodeOf(ControlKey key) =>
        Ask(() => KeySymbols.Of(key) is var symbol and not 0 ? _keyboard.Find(symbol)?.Code : null);

    public override (int Code, bool Shift)? CodeOf(Rune character) => Ask(() =>
        _keyboard.Find(KeySymbols.Of(character)) is { Level: < 2 } found
            ? (found.Code, found.Level == 1) : ((int, bool)?)null);

    public override bool IsModifier(int code) => Ask(() => _keyboard.Modifiers.Contains(code));

    public override bool IsLetter(int code) => Ask(() => KeySymbols.IsLetter(_keyboard.SymbolOf(code)));

    public override bool IsKeypad(int code) => Ask(() => KeySymbols.IsKeypad(_keyboard.SymbolOf(code)));

    public override int? Held(ControlKey modifier) => Ask(() => _keyboard.HeldOf(KeySymbols.Sides(modifier)));

    public override bool IsLocked(ControlKey key) => Ask(() => IsOn(key));

    public void Dispose()
    {
        lock (_server.Gate)
        {
            if (!_server.IsBroken) _keyboard.GiveBack();
        }

        _server.Dispose();
    }

    private static int Strike(nint display, int code, bool down) =>
        Xlib.XTestFakeKeyEvent(display, (uint)code, down ? 1 : 0, 0);

    private bool IsOn(ControlKey key)
    {
        nint root, child;
        int x, y, windowX, windowY;
        uint mask;
        _ = Xlib.XQueryPointer(
            _server.Display, _server.Root, &root, &child, &x, &y, &windowX, &windowY, &mask);
        return (mask & (key == ControlKey.CapsLock ? Xlib.LockMask : _keyboard.NumLockMask)) != 0;
    }

    private void Turn(uint button, int notches) => Do(display =>
    {
        for (var i = 0; i < notches; i++)
        {
            _ = Xlib.XTestFakeButtonEvent(display, button, 1, 0);
            _ = Xlib.XTestFakeButtonEvent(display, button, 0, 0);
        }

        return 0;
    });

    // A character with the key that has it, or with a spare key that is given it.
    private void Type(Rune character)
    {
        var symbol = KeySymbols.Of(character);
        if (_keyboard.Find(symbol) is not { } key)
        {
            if (_keyboard.Lend(symbol) is not { } lent) return;
            // The server gives no sign of when its clients have read the keyboard's new map.
            if (lent.IsReused) _ = Libc.poll(null, 0, BetweenUses);
            key = (lent.Code, 0);
        }

        var level = key.Level;
        if (KeySymbols.IsLetter(symbol) && IsOn(ControlKey.CapsLock)) level ^= 1;
        int? shift = (level & 1) != 0 ? _keyboard.Find(KeySymbols.Of(ControlKey.Shift))?.Code : null;
        int? third = level >= 2 ? _keyboard.Find(KeySymbols.Level3)?.Code : null;
        if (shift is { } s) Strike(_server.Display, s, true);
        if (third is { } t) Strike(_server.Display, t, true);
        Strike(_server.Display, key.Code, true);
        Strike(_server.Display, key.Code, false);
        if (third is { } t2) Strike(_server.Display, t2, false);
        if (shift is { } s2) Strike(_server.Display, s2, false);
    }

    private void Do(Func<nint, int> what)
    {
        lock (_server.Gate)
        {
            if (_server.IsBroken) return;
            _ = what(_server.Display);
            _server.Flush();
        }
    }

    private T? Ask<T>(Func<T> question)
    {
        lock (_server.Gate)
        {
            if (_server.IsBroken) return default;
            // Somebody may have changed the keyboard meanwhile.
            _ = _server.Drain();
            return question();
        }
    }
}
