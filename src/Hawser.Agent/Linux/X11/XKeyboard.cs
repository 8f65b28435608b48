namespace Hawser.Agent.Linux.X11;

/// <summary>
/// An X server's keyboard: which key has which symbol, and keys that have none. Under the connection's lock.
/// </summary>
internal sealed unsafe class XKeyboard(XConnection server)
{
    private const int LocksRow = 1;
    private readonly Dictionary<nuint, (int Code, int Level)> _keys = [];
    private readonly Dictionary<int, nuint> _symbols = [];
    private readonly HashSet<int> _modifiers = [];
    private readonly Queue<int> _spare = new();
    private readonly Dictionary<nuint, int> _lent = [];
    private readonly HashSet<int> _used = [];
    private bool _known;
    private int _least;

    /// <summary>Keys that change what others do.</summary>
    public IReadOnlySet<int> Modifiers
    {
        get
        {
            Learn();
            return _modifiers;
        }
    }

    /// <summary>The bit of the number lock in the modifiers' state.</summary>
    public uint NumLockMask { get; private set; } = 16;

    /// <summary>Somebody has changed the map.</summary>
    public void Forget() => _known = false;

    public (int Code, int Level)? Find(nuint symbol)
    {
        Learn();
        if (_keys.TryGetValue(symbol, out var key)) return key;
        return _lent.TryGetValue(symbol, out var lent) ? (lent, 0) : null;
    }

    public nuint SymbolOf(int code)
    {
        Learn();
        return _symbols.GetValueOrDefault(code);
    }

    /// <summary>Gives a symbol to a key that has none.</summary>
    public (int Code, bool IsReused)? Lend(nuint symbol)
    {
        Learn();
        if (!_spare.TryDequeue(out var code)) return null;
        _spare.Enqueue(code);
        foreach (var old in _lent.Where(l => l.Value == code).Select(l => l.Key).ToArray()) _lent.Remove(old);
        _lent[symbol] = code;
        var both = stackalloc nuint[2] { symbol, symbol };
        _ = Xlib.XChangeKeyboardMapping(server.Display, code, 2, both, 1);
        _ = Xlib.XSync(server.Display, 0);
        return (code, !_used.Add(code));
    }

    /// <summary>Takes back what was lent.</summary>
    public void GiveBack()
    {
        var none = stackalloc nuint[2] { 0, 0 };
        foreach (var code in _used) _ = Xlib.XChangeKeyboardMapping(server.Display, code, 2, none, 1);
        server.Flush();
    }

    /// <summary>A key with one of these symbols that is down.</summary>
    public int? HeldOf(ReadOnlySpan<nuint> symbols)
    {
        Learn();
        var keys = stackalloc byte[32];
        _ = Xlib.XQueryKeymap(server.Display, keys);
        foreach (var symbol in symbols)
        {
            if (_keys.TryGetValue(symbol, out var key) && IsDown(keys, key.Code)) return key.Code;
        }

        return null;
    }

    /// <summary>The modifiers' keys that are down.</summary>
    public int[] HeldModifiers()
    {
        Learn();
        var keys = stackalloc byte[32];
        _ = Xlib.XQueryKeymap(server.Display, keys);
        List<int> held = [];
        foreach (var code in _modifiers)
        {
            if (IsDown(keys, code)) held.Add(code);
        }

        return [.. held];
    }

    private static bool IsDown(byte* keys, int code) => (keys[code / 8] >> (code % 8) & 1) != 0;

    private void Learn()
    {
        if (_known) return;
        _known = true;
        _keys.Clear();
        _symbols.Clear();
        _modifiers.Clear();
        int least, most, each;
        _ = Xlib.XDisplayKeycodes(server.Display, &least, &most);
        _least = least;
        var map = Xlib.XGetKeyboardMapping(server.Display, (byte)least, most - least + 1, &each);
        if (map is null) return;
        var spare = new List<int>();
        for (var code = least; code <= most; code++)
        {
            if (!LearnKey(code, map + (code - least) * each, each) && !_used.Contains(code)) spare.Add(code);
        }

        _ = Xlib.XFree(map);
        if (_spare.Count == 0) spare.ForEach(_spare.Enqueue);
        LearnModifiers();
    }

    // Columns of a key: plain, shift, the same of the second group, then with the third level's key.
    private bool LearnKey(int code, nuint* row, int each)
    {
        var any = false;
        for (var column = 0; column < each; column++)
        {
            if (row[column] == 0) continue;
            any = true;
            int? level = column switch
            {
                0 => 0,
                1 => 1,
                4 => 2,
                5 => 3,
                _ => null,
            };
            if (_used.Contains(code) || level is not { } found) continue;
            if (found == 0) _symbols[code] = row[column];
            var isBetter = !_keys.TryGetValue(row[column], out var known) || known.Level > found;
            if (isBetter) _keys[row[column]] = (code, found);
        }

        return any;
    }

    private void LearnModifiers()
    {
        var map = Xlib.XGetModifierMapping(server.Display);
        if (map is null) return;
        for (var i = 0; i < 8 * map->KeysEach; i++)
        {
            int code = map->Keys[i];
            if (code < _least) continue;
            var row = i / map->KeysEach;
            if (_symbols.GetValueOrDefault(code) == KeySymbols.NumLock) NumLockMask = 1u << row;
            // A lock is struck, not held.
            else if (row != LocksRow) _modifiers.Add(code);
        }

        _ = Xlib.XFreeModifiermap(map);
    }
}
