using Hawser.Session.Clipboard;

namespace Hawser.Session.Desktop;

/// <summary>A desk's clipboard. What happens there is told on any thread; whoever is told must not block.</summary>
public abstract class ClipboardDevice
{
    /// <summary>Called when somebody at the desk has copied something, never for what <see cref="Set"/> did.</summary>
    public Action<ClipboardContent> Changed { get; set; } = _ => { };

    /// <summary>Whether anybody wants to know; asked before anything is read.</summary>
    public Func<bool> IsWanted { get; set; } = () => false;

    /// <summary>Whether programs of this desk can be given files that are at a controller.</summary>
    public virtual bool TakesFiles => false;

    /// <summary>Puts something on the clipboard.</summary>
    /// <param name="content">What.</param>
    public abstract void Set(ClipboardContent content);

    /// <summary>Offers files that are at a controller, until they are gone; only for who takes them.</summary>
    /// <param name="files">Which, and how they are read.</param>
    public virtual void SetFiles(OfferedFiles files)
    {
    }

    /// <summary>Reads what is there now.</summary>
    /// <param name="then">Told once, if anything is there.</param>
    public abstract void Read(Action<ClipboardContent> then);
}

/// <summary>The clipboard of a desk that is drawn: it remembers.</summary>
public sealed class CardClipboard : ClipboardDevice
{
    private readonly Lock _gate = new();
    private ClipboardContent _now = ClipboardContent.Empty;

    /// <summary>The files of a controller that were offered last.</summary>
    public OfferedFiles? Offered { get; private set; }

    /// <inheritdoc/>
    public override bool TakesFiles => true;

    /// <summary>What is there.</summary>
    public ClipboardContent Now
    {
        get
        {
            lock (_gate) return _now;
        }
    }

    /// <summary>As if somebody at the desk had copied something.</summary>
    /// <param name="content">What.</param>
    public void Copy(ClipboardContent content)
    {
        Set(content);
        if (IsWanted()) Changed(content);
    }

    /// <inheritdoc/>
    public override void Set(ClipboardContent content)
    {
        lock (_gate) _now = content;
    }

    /// <inheritdoc/>
    public override void SetFiles(OfferedFiles files)
    {
        lock (_gate) Offered = files;
    }

    /// <inheritdoc/>
    public override void Read(Action<ClipboardContent> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        if (Now is { IsEmpty: false } now) then(now);
    }
}
