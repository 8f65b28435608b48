using System.Net;

namespace Hawser.Recording.Ingest;

/// <summary>A recording that arrives here: one growing row of bytes, whatever door they come through.</summary>
internal sealed class RecordUpload : IDisposable
{
    public RecordUpload(RecordingName name, Guid row, IPAddress? from, RecordingFile file, long now)
    {
        Name = name;
        Row = row;
        From = from;
        File = file;
        Size = file.Length;
        LastPart = now;
        SavedSize = Size;
    }

    public RecordingName Name { get; }

    /// <summary>The row in the database.</summary>
    public Guid Row { get; }

    /// <summary>Where it comes from.</summary>
    public IPAddress? From { get; set; }

    public RecordingFile File { get; }

    /// <summary>One step at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Bytes that were answered for.</summary>
    public long Size { get; set; }

    /// <summary>When the last part came, a timestamp.</summary>
    public long LastPart { get; set; }

    /// <summary>What the row says of the size.</summary>
    public long SavedSize { get; set; }

    /// <summary>When the row was written last, a timestamp.</summary>
    public long SavedAt { get; set; }

    /// <summary>It has ended; who waited at the gate finds out.</summary>
    public bool IsClosed { get; private set; }

    public void Dispose()
    {
        IsClosed = true;
        File.Dispose();
    }
}
