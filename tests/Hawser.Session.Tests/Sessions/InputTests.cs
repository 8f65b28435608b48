using System.Text;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Session reference §8.4 and §11 with a desk that writes down what is done to it; numbers are the cases of §24.</summary>
public sealed class InputTests : IAsyncLifetime
{
    private readonly NotedDesk _desk = new();
    private SessionRig _rig = null!;
    private ControllerSession _session = null!;

    private RemoteInput Input => _session.Screen.Input;

    private NotedDevice Device => _desk.Device;

    public async ValueTask InitializeAsync()
    {
        _rig = new SessionRig(o => o with { Desk = _desk });
        _session = await _rig.LoginAsync();
    }

    public async ValueTask DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task T53_displays_are_added_narrowed_set_and_stopped()
    {
        (await ShownAsync(c => c.Add.Add([1, 9]), "0,1")).ShouldBeTrue();
        (await ShownAsync(c => c.Sub.Add(1), "1")).ShouldBeTrue();
        (await ShownAsync(c => c.Set.Add([0, 2]), "0,2")).ShouldBeTrue();
        Capture(c => c.Set.Add(7));
        // What is unknown changed nothing, which the next one shows.
        (await ShownAsync(c => c.Add.Add(1), "0,1,2")).ShouldBeTrue();
        (await ShownAsync(_ => { }, "")).ShouldBeTrue();
    }

    [Fact]
    public async Task T54_left_of_and_above_the_first_display_the_pointer_lands_where_it_should()
    {
        _session.Screen.Displays[1].X.ShouldBe(-64);
        await Input.MoveToAsync(-64, -100);
        await Input.MoveToAsync(-1, -37);
        await Device.NotedAsync("move -64 -100", "move -1 -37");
    }

    [Fact]
    public async Task What_was_sent_is_done_when_the_session_has_settled()
    {
        for (var i = 0; i < 100; i++) await Input.MoveToAsync(i, i);
        (await _session.SettleAsync()).ShouldBeTrue();
        Device.Count.ShouldBe(100);
    }

    [Fact]
    public async Task T58_all_buttons_both_axes_and_relative_moves_go_the_right_way()
    {
        foreach (var button in Enum.GetValues<MouseButton>())
        {
            await Input.ButtonAsync(button, true);
            await Input.ButtonAsync(button, false);
        }

        await Input.WheelAsync(2, -3);
        await Input.SendAsync(new MouseEvent { Mask = 5, X = -7, Y = 9 });
        await Device.NotedAsync(
            "Left down", "Left up", "Right down", "Right up", "Middle down", "Middle up", "Back down", "Back up",
            "Forward down", "Forward up", "wheel 2 -3", "by -7 9");
    }

    [Fact]
    public async Task T59_keys_of_a_linux_keyboard_are_struck_by_their_places()
    {
        await PlaceAsync(38);
        await PlaceAsync(104);
        await Input.SendAsync(new KeyEvent { Mode = KeyboardMode.Map, Chr = 3, Down = true });
        await PlaceAsync(111);
        await Device.NotedAsync("38 down", "38 up", "104 down", "104 up", "111 down", "111 up");
    }

    [Fact]
    public async Task T60_text_of_other_layouts_arrives_as_it_is()
    {
        await Input.SendAsync(new KeyEvent { Mode = KeyboardMode.Translate, Seq = "grüße 😀", Press = true });
        await Input.SendAsync(new KeyEvent { Mode = KeyboardMode.Legacy, Chr = '€', Press = true });
        await Device.NotedAsync("type grüße 😀", "type €");
    }

    [Fact]
    public async Task T61_the_controllers_locks_count_for_the_keys_that_they_matter_to()
    {
        Device.Locked = ControlKey.CapsLock;
        // The other end has it off: off for this one key, and on again.
        await PlaceAsync(38);
        await Device.NotedAsync("66 down", "66 up", "38 down", "38 up", "66 down", "66 up");
        // It has it on, too.
        await Input.SendAsync(new KeyEvent { Mode = KeyboardMode.Map, Chr = 38, Down = true, Modifiers = { ControlKey.CapsLock } });
        await Device.NotedAsync("38 down", "38 up");
        // A key that is no letter does not care.
        await PlaceAsync(104);
        await Device.NotedAsync("104 down", "104 up");
    }

    [Fact]
    public async Task T62_the_chords_of_the_machine_are_struck_whole_and_let_go()
    {
        await Input.SendAsync(new KeyEvent { ControlKey = ControlKey.CtrlAltDel, Down = true });
        await Device.NotedAsync("64 down", "37 down", "119 down", "119 up", "37 up", "64 up");
        await Input.SendAsync(new KeyEvent { ControlKey = ControlKey.LockScreen, Down = true });
        await Device.NotedAsync("133 down", "46 down", "46 up", "133 up");
    }

    private Task PlaceAsync(uint code) =>
        Input.SendAsync(new KeyEvent { Mode = KeyboardMode.Map, Chr = code, Down = true });

    private void Capture(Action<CaptureDisplays> fill)
    {
        var wish = new CaptureDisplays();
        fill(wish);
        _session.Lanes.Post(new Message { Misc = new Misc { CaptureDisplays = wish } });
    }

    private async Task<bool> ShownAsync(Action<CaptureDisplays> fill, string wanted)
    {
        Capture(fill);
        await Eventually.IsAsync(
            () => string.Join(',', _rig.Host.Sessions.Single().ShownDisplays.Order()), wanted, "what is shown");
        return true;
    }

    /// <summary>Three displays, one of them left of and above the first.</summary>
    private sealed class NotedDesk : Desk
    {
        public NotedDevice Device { get; } = new();

        public override InputDevice Input => Device;

        public override IReadOnlyList<DisplayInfo> Displays { get; } =
            [Display("one", 0, 0), Display("two", -64, -100), Display("three", 64, 0)];

        public override Screen Open(int display) => new StillScreen();

        private static DisplayInfo Display(string name, int x, int y) =>
            new() { Name = name, X = x, Y = y, Width = 64, Height = 64, Online = true, Scale = 1 };
    }

    private sealed class StillScreen : Screen
    {
        public override bool TakeChange() => false;

        public override Picture Grab() => new(64, 64);

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class NotedDevice : InputDevice
    {
        private readonly Lock _gate = new();
        private readonly List<string> _notes = [];
        private int _read;

        public ControlKey? Locked { get; set; }

        public int Count
        {
            get
            {
                lock (_gate) return _notes.Count;
            }
        }

        /// <summary>What comes next is exactly this.</summary>
        public async Task NotedAsync(params string[] wanted)
        {
            var from = _read;
            await Eventually.HoldsAsync(() => Next(from).Length >= wanted.Length, string.Join(", ", wanted));
            Next(from)[..wanted.Length].ShouldBe(wanted);
            _read += wanted.Length;
        }

        public override void MoveTo(int x, int y) => Note($"move {x} {y}");

        public override void MoveBy(int dx, int dy) => Note($"by {dx} {dy}");

        public override void Button(MouseButton button, bool down) => Note($"{button} {Way(down)}");

        public override void Wheel(int right, int up) => Note($"wheel {right} {up}");

        public override void Key(int code, bool down) => Note($"{code} {Way(down)}");

        public override void Type(string text) => Note($"type {text}");

        public override int? CodeOf(ControlKey key) => key switch
        {
            ControlKey.Control => 37,
            ControlKey.Alt => 64,
            ControlKey.Meta => 133,
            ControlKey.Shift => 50,
            ControlKey.Delete => 119,
            ControlKey.CapsLock => 66,
            ControlKey.NumLock => 77,
            _ => null,
        };

        public override (int Code, bool Shift)? CodeOf(Rune character) => character.Value == 'l' ? (46, false) : null;

        public override bool IsModifier(int code) => code is 37 or 50 or 64 or 133;

        public override bool IsLetter(int code) => code is 38 or 46;

        public override bool IsKeypad(int code) => code is >= 79 and <= 91;

        public override int? Held(ControlKey modifier) => null;

        public override bool IsLocked(ControlKey key) => key == Locked;

        private static string Way(bool down) => down ? "down" : "up";

        private string[] Next(int from)
        {
            lock (_gate) return [.. _notes.Skip(from)];
        }

        private void Note(string what)
        {
            lock (_gate) _notes.Add(what);
        }
    }
}
