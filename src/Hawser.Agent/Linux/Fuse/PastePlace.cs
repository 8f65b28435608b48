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
    private readonly Lock _mounting = new();
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

    /// <summary>Takes every copy away; what others have begun to mount or to take away is waited for.</summary>
    public void Dispose()
    {
        lock (_mounting) _disposed = true;
        Shown[] left;
        lock (_gate) left = [.. _shown];

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
        // One at a time, and none that the place's end does not see.
        lock (_mounting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            MakeRoom();
            var point = Path.Combine(_folder, $"{++_number}");
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
    }

    private void MakeRoom()
    {
        Shown? oldest;
        lock (_gate) oldest = _shown.Count >= MostShown ? _shown[0] : null;
        if (oldest is null) return;
        Hide(oldest);
        oldest.Server.Abort();
    }

    // Its mount has ended, but whoever ended it may not have taken its folder away yet, or never does.
    private void Forget(Shown shown)
    {
        Hide(shown);
        lock (_gate) _ = _shown.Remove(shown);
    }

    // What is open in it can still be read, and fails when its controller has gone.
    private void Hide(Shown shown) => shown.Hide(TakeAway);

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
        private readonly Lock _gate = new();
        private bool _isHidden;

        public string Point => point;

        public FuseServer Server => server;

        /// <summary>Takes it away, once; whoever comes meanwhile waits until it has gone.</summary>
        public void Hide(Action<string> takeAway)
        {
            lock (_gate)
            {
                if (!_isHidden) takeAway(point);
                _isHidden = true;
            }
        }
    }
}
