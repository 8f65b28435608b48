using Hawser.Session.Clipboard;

namespace Hawser.Agent.Linux.Fuse;

/// <summary>
/// Where the programs of this machine find what controllers have copied: a folder with a mount for each copy, which
/// goes when its controller goes. A few at a time, so that a copy under way survives the next one.
/// </summary>
internal sealed class PastePlace : IDisposable
{
    /// <summary>Copies that can be read at a time.</summary>
    public const int MostShown = 4;

    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Through = Own | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly string _folder;
    private readonly bool _byHelper;
    private readonly Func<uint> _owner;
    private readonly Lock _gate = new();
    private readonly List<Shown> _shown = [];
    private int _number;
    private bool _disposed;

    /// <summary>A place; what a crash left there is taken away, and mounting is tried.</summary>
    /// <param name="folder">The folder; made when it is missing.</param>
    /// <param name="owner">Whose programs paste; asked at each copy. Others can't look.</param>
    /// <param name="byHelper">Mounts through the system's helper, also as root.</param>
    public PastePlace(string folder, Func<uint> owner, bool byHelper = false)
    {
        (_folder, _owner, _byHelper) = (folder, owner, byHelper);
        try
        {
            TidyUp();
            Make(folder, FuseMount.IsRoot ? Through : Own);
            // Nobody else may have made it for us to mount in.
            var ours = new DirectoryInfo(folder).LinkTarget is null
                && MountCalls.OwnerOf(folder) == Libc.geteuid();
            if (!ours) throw new IOException($"{folder} belongs to somebody else");
            Try();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = e.Message;
        }
    }

    /// <summary>Why nothing can be pasted here; empty when it can.</summary>
    public string Trouble { get; } = "";

    /// <summary>Whether a path leads into a copy that is shown here.</summary>
    public bool Holds(string path) => path.StartsWith(_folder + "/", StringComparison.Ordinal);

    /// <summary>Shows a copy until it is gone.</summary>
    /// <returns>The paths of its files and folders.</returns>
    /// <exception cref="IOException">It can't be mounted.</exception>
    public IReadOnlyList<string> Show(OfferedFiles files)
    {
        var tree = PasteTree.Of(files.Entries);
        var shown = Mount(tree, files);
        _ = files.Gone.Register(() => _ = Task.Run(() => Hide(shown)));
        return [.. tree.Root.Children.Select(child => $"{shown.Point}/{child.Name}")];
    }

    public void Dispose()
    {
        Shown[] left;
        lock (_gate)
        {
            _disposed = true;
            left = [.. _shown];
        }

        foreach (var one in left)
        {
            Hide(one);
            one.Server.Abort();
        }

        try
        {
            if (Directory.Exists(_folder)) Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // The next start tidies up.
        }
    }

    private static void Make(string folder, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(folder, mode);
    }

    private void Try()
    {
        var probe = Mount(PasteTree.Of([]), null);
        Hide(probe);
        probe.Server.Abort();
    }

    private Shown Mount(PasteTree tree, OfferedFiles? files)
    {
        Shown? oldest = null;
        string point;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_shown.Count >= MostShown) oldest = _shown[0];
            point = Path.Combine(_folder, $"{++_number}");
        }

        if (oldest is not null)
        {
            Hide(oldest);
            oldest.Server.Abort();
        }

        Make(point, Own);
        var owner = FuseMount.IsRoot ? _owner() : Libc.geteuid();
        int kernel;
        try
        {
            kernel = FuseMount.Mount(point, FuseMount.IsRoot, _byHelper);
        }
        catch
        {
            Directory.Delete(point);
            throw;
        }

        Shown shown = null!;
        shown = new Shown(point, new FuseServer(kernel, tree, files, owner, () => Forget(shown)));
        lock (_gate) _shown.Add(shown);
        shown.Server.Start();
        return shown;
    }

    private void Forget(Shown shown)
    {
        lock (_gate) _ = _shown.Remove(shown);
    }

    // What is open in it can still be read, and fails when its controller has gone.
    private void Hide(Shown shown)
    {
        if (shown.TryHide()) TakeAway(shown.Point);
    }

    private void TakeAway(string point)
    {
        _ = FuseMount.Unmount(point, _byHelper);
        try
        {
            // Only ever an empty folder: what is mounted there is a controller's.
            if (Directory.Exists(point)) Directory.Delete(point);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Still mounted; the next start tidies up.
        }
    }

    private void TidyUp()
    {
        foreach (var point in FuseMount.Beneath(_folder)) _ = FuseMount.Unmount(point, _byHelper);
        if (!Directory.Exists(_folder)) return;
        foreach (var point in Directory.GetDirectories(_folder)) TakeAway(point);
    }

    private sealed class Shown(string point, FuseServer server)
    {
        private bool _isHidden;

        public string Point => point;

        public FuseServer Server => server;

        /// <summary>True for the first caller only.</summary>
        public bool TryHide() => !Interlocked.Exchange(ref _isHidden, true);
    }
}
