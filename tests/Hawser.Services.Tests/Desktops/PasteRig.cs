using Google.Protobuf;
using Hawser.Agent.Linux.Fuse;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A place to paste from without a desktop, and a controller that is a function.</summary>
internal sealed class PasteRig : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-place-").FullName;

    public PasteRig(bool byHelper = false)
    {
        SkipWithoutFuse();
        Place = new PastePlace(Root, () => 0, byHelper);
    }

    public string Root => Path.Combine(_folder, "a place");

    public PastePlace Place { get; }

    /// <summary>What the controller was asked.</summary>
    public List<CliprdrFileContentsRequest> Asked { get; } = [];

    /// <summary>Containers often keep it from everybody.</summary>
    public static void SkipWithoutFuse()
    {
        if (!File.Exists("/dev/fuse")) Assert.Skip("there is no /dev/fuse on this machine");
        var folder = Directory.CreateTempSubdirectory("hawser-fuse-").FullName;
        using var place = new PastePlace(Path.Combine(folder, "try"), () => 0);
        place.Dispose();
        Directory.Delete(folder);
        if (place.Trouble.Contains("not permitted", StringComparison.Ordinal)) Assert.Skip($"no mounts here: {place.Trouble}");
    }

    public static FileEntry File1(string name, long size) =>
        new() { Name = name, EntryType = FileType.File, Size = (ulong)size, ModifiedTime = 1 };

    /// <summary>Files, and how their bytes are answered; null is no answer at all.</summary>
    public OfferedFiles Files(Func<CliprdrFileContentsRequest, byte[]?> answer, TimeProvider time, params FileEntry[] entries)
    {
        OfferedFiles files = null!;
        files = new OfferedFiles(
            entries,
            message =>
            {
                var asked = message.Cliprdr.FileContentsRequest;
                lock (Asked) Asked.Add(asked);
                if (answer(asked) is not { } bytes) return true;
                files.OnAnswer(new CliprdrFileContentsResponse
                {
                    MsgFlags = 1, StreamId = asked.StreamId, RequestedData = ByteString.CopyFrom(bytes),
                });
                return true;
            },
            time, () => { });
        return files;
    }

    public void Dispose()
    {
        Place.Dispose();
        Directory.Delete(_folder, recursive: false);
    }
}
