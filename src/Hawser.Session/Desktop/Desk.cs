using Hawser.Protocol.Messages;
using Hawser.Session.Video;

namespace Hawser.Session.Desktop;

/// <summary>A pointer's shape (§9).</summary>
/// <param name="Id">The same for the same shape.</param>
/// <param name="HotX">The pixel that points, from the left.</param>
/// <param name="HotY">And from the top.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Colors">Red, green, blue, opacity; not premultiplied.</param>
public sealed record CursorShape(ulong Id, int HotX, int HotY, int Width, int Height, ReadOnlyMemory<byte> Colors);

/// <summary>
/// The desktop of a host: its displays, its pointer's shape, its keys. What happens there is told by the actions, on
/// any thread; whoever is told must not block.
/// </summary>
public abstract class Desk : IAsyncDisposable
{
    /// <summary>The displays of now, in virtual-desktop pixels; empty while there is no desktop.</summary>
    public abstract IReadOnlyList<DisplayInfo> Displays { get; }

    /// <summary>The pointer's shape of now; null when it is hidden or not known.</summary>
    public virtual CursorShape? Cursor => null;

    /// <summary>Where the pointer is; null when nobody knows.</summary>
    public virtual (int X, int Y)? Pointer => null;

    /// <summary>Pointer and keys; null when this desk can only be looked at.</summary>
    public virtual InputDevice? Input => null;

    /// <summary>What was copied there; null when this desk has no clipboard.</summary>
    public virtual ClipboardDevice? Clipboard => null;

    /// <summary>Called when displays came, went, moved or have another size.</summary>
    public Action LayoutChanged { get; set; } = () => { };

    /// <summary>Called when the pointer has another shape.</summary>
    public Action CursorChanged { get; set; } = () => { };

    /// <summary>Begins to look at a display.</summary>
    /// <param name="display">Its index in <see cref="Displays"/>.</param>
    /// <returns>The screen; the caller's.</returns>
    /// <exception cref="IOException">It can't be looked at.</exception>
    public abstract Screen Open(int display);

    /// <summary>The sizes that a display may have.</summary>
    /// <param name="display">Its index.</param>
    /// <returns>The sizes; none when it has the one that it has.</returns>
    public virtual SupportedResolutions ResolutionsOf(int display) => new();

    /// <summary>Gives a display another size, until the last session ends.</summary>
    /// <param name="display">Its index.</param>
    /// <param name="width">One of <see cref="ResolutionsOf"/>.</param>
    /// <param name="height">One of <see cref="ResolutionsOf"/>.</param>
    /// <returns>Whether it will have it.</returns>
    public virtual bool TryResize(int display, int width, int height) => false;

    /// <summary>Undoes <see cref="TryResize"/>.</summary>
    public virtual void RestoreSizes()
    {
    }

    /// <summary>Lets go of the desktop.</summary>
    /// <returns>When done.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells that the layout has changed.</summary>
    protected void OnLayoutChanged() => LayoutChanged();

    /// <summary>Tells that the pointer's shape has changed.</summary>
    protected void OnCursorChanged() => CursorChanged();
}

/// <summary>One display, as it is looked at. One caller at a time.</summary>
public abstract class Screen : IDisposable
{
    /// <summary>Called, on any thread, when something may look different from the last picture.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>Whether something may look different since this was asked last.</summary>
    /// <returns>Whether a new picture is worth taking.</returns>
    public abstract bool TakeChange();

    /// <summary>Takes a picture.</summary>
    /// <returns>The picture, valid until the next one.</returns>
    /// <exception cref="IOException">The display has gone.</exception>
    public abstract Picture Grab();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what it holds.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);

    /// <summary>Tells that something has changed.</summary>
    protected void OnChanged() => Changed();
}
