using Hawser.Protocol.Messages;
using Hawser.Session.Video;

namespace Hawser.Session.Desktop;

/// <summary>
/// A desk that is drawn: colour bars, a grey ramp, a box that moves, and the number of the picture in black and white
/// blocks, so that the other end can tell which picture it sees. For trying the way without a desktop.
/// </summary>
public class TestCard : Desk
{
    private const int Bits = 24;
    private readonly Lock _gate = new();
    private readonly List<CardScreen> _open = [];
    private DisplayInfo[] _displays;
    private long _number;

    /// <summary>A desk of one display.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public TestCard(int width, int height) => _displays = [Display(width, height)];

    /// <inheritdoc/>
    public override IReadOnlyList<DisplayInfo> Displays
    {
        get
        {
            lock (_gate) return _displays;
        }
    }

    /// <inheritdoc/>
    public override CardClipboard Clipboard { get; } = new();

    /// <summary>The number of the picture that is shown.</summary>
    public long Number => Interlocked.Read(ref _number);

    /// <summary>How often a picture was taken.</summary>
    public long Grabs { get; private set; }

    /// <summary>Shows the next picture.</summary>
    public void Advance()
    {
        Interlocked.Increment(ref _number);
        Tell();
    }

    /// <summary>Has another size from now on.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public void Resize(int width, int height)
    {
        lock (_gate) _displays = [Display(width, height)];
        OnLayoutChanged();
        Tell();
    }

    /// <inheritdoc/>
    public override Screen Open(int display)
    {
        lock (_gate)
        {
            if (display < 0 || display >= _displays.Length) throw new IOException("there is no such display");
            var screen = new CardScreen(this, _displays[display].Width, _displays[display].Height);
            _open.Add(screen);
            return screen;
        }
    }

    /// <summary>Draws a picture.</summary>
    /// <param name="picture">Where to.</param>
    /// <param name="number">Which one.</param>
    public static void Draw(Picture picture, long number)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (width, height) = (picture.Width, picture.Height);
        var block = Math.Max(2, width / (Bits + 2));
        for (var y = 0; y < height; y++)
        {
            var row = picture.Row(y);
            for (var x = 0; x < width; x++)
            {
                var (blue, green, red) = At(x, y, width, height, block, number);
                (row[x * 4], row[x * 4 + 1], row[x * 4 + 2], row[x * 4 + 3]) = (blue, green, red, 255);
            }
        }
    }

    /// <summary>Reads the number of a picture.</summary>
    /// <param name="picture">The picture, as it arrived.</param>
    /// <returns>The number.</returns>
    public static long Read(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var block = Math.Max(2, picture.Width / (Bits + 2));
        var row = picture.Row(block / 2);
        var number = 0L;
        for (var bit = 0; bit < Bits; bit++)
        {
            number = number << 1 | (row[((bit + 1) * block + block / 2) * 4 + 1] > 127 ? 1L : 0);
        }

        return number;
    }

    private static (byte Blue, byte Green, byte Red) At(int x, int y, int width, int height, int block, long number)
    {
        if (y < block)
        {
            var bit = x / block - 1;
            var on = bit is >= 0 and < Bits && (number >> (Bits - 1 - bit) & 1) != 0;
            return on ? ((byte)255, (byte)255, (byte)255) : ((byte)0, (byte)0, (byte)0);
        }

        var size = Math.Max(8, height / 6);
        var left = (int)(number * 7 % Math.Max(1, width - size));
        var top = height / 2;
        if (y >= top && y < top + size && x >= left && x < left + size) return (40, 120, 230);
        if (y >= height * 3 / 4)
        {
            var grey = (byte)(x * 255 / width);
            return (grey, grey, grey);
        }

        var bar = x * 8 / width;
        byte Shade(int bit) => (byte)((bar & bit) == 0 ? 210 : 20);
        return (Shade(1), Shade(4), Shade(2));
    }

    private static DisplayInfo Display(int width, int height) => new()
    {
        Width = width,
        Height = height,
        Name = "test card",
        Online = true,
        Scale = 1,
        CursorEmbedded = true,
    };

    private void Tell()
    {
        CardScreen[] open;
        lock (_gate) open = [.. _open];
        foreach (var screen in open) screen.Tell();
    }

    private sealed class CardScreen(TestCard card, int width, int height) : Screen
    {
        private readonly Picture _picture = new(width, height);
        private long _seen = -1;

        public void Tell() => OnChanged();

        public override bool TakeChange() => Interlocked.Exchange(ref _seen, card.Number) != card.Number;

        public override Picture Grab()
        {
            card.Grabs++;
            Draw(_picture, card.Number);
            return _picture;
        }

        protected override void Dispose(bool disposing)
        {
            lock (card._gate) card._open.Remove(this);
        }
    }
}
