using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;
using Hawser.Session.Video;

namespace Hawser.Session.Tests.Video;

/// <summary>A test card above noise, which no codec can make small.</summary>
internal sealed class NoisyDesk : Desk
{
    private readonly List<NoisyScreen> _open = [];
    private long _number;

    public override IReadOnlyList<DisplayInfo> Displays { get; } =
        [new DisplayInfo { Width = 640, Height = 480, Name = "noise", Online = true, Scale = 1 }];

    public long Number => Interlocked.Read(ref _number);

    public void Advance()
    {
        Interlocked.Increment(ref _number);
        lock (_open) _open.ForEach(s => s.Tell());
    }

    public override Screen Open(int display)
    {
        var screen = new NoisyScreen(this);
        lock (_open) _open.Add(screen);
        return screen;
    }

    private sealed class NoisyScreen(NoisyDesk desk) : Screen
    {
        private readonly Picture _picture = new(640, 480);
        private readonly Random _random = new(1);
        private long _seen = -1;

        public void Tell() => OnChanged();

        public override bool TakeChange() => Interlocked.Exchange(ref _seen, desk.Number) != desk.Number;

        public override Picture Grab()
        {
            TestCard.Draw(_picture, desk.Number);
            for (var y = 100; y < 480; y++) _random.NextBytes(_picture.Row(y));
            return _picture;
        }

        protected override void Dispose(bool disposing)
        {
            lock (desk._open) desk._open.Remove(this);
        }
    }
}
