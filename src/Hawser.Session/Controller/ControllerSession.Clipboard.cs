using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;

namespace Hawser.Session.Controller;

/// <summary>Copied files, both ways (§12.3). The session must have wished for them: EnableFileTransfer.</summary>
public sealed partial class ControllerSession
{
    private readonly FileFetch _fetch;
    private FileClipboard? _offered;

    /// <summary>Ends when the host has files on its clipboard.</summary>
    public Task FilesCopied => _fetch.Offered;

    /// <summary>Puts the files that were copied at the host into a folder; what is there already stays.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="IOException">The host does not hand them out, or the session has ended.</exception>
    public Task<PastedFiles> PasteFilesAsync(string folder, CancellationToken cancellation = default) =>
        _fetch.RunAsync(folder, cancellation);

    /// <summary>Offers files of this machine, to be pasted at the host while this session lasts.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="events">Told of what becomes of them; those of the first call serve for all.</param>
    public void OfferFiles(IReadOnlyList<string> paths, FileOfferEvents events)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _offered ??= new FileClipboard(Lanes, events);
        _offered.Copy(paths);
    }

    private void OnCopiedFiles(Cliprdr said)
    {
        _fetch.OnMessage(said);
        _offered?.OnMessage(said);
    }
}
