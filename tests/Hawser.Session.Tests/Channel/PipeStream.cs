using System.IO.Pipelines;
using Hawser.Session.Channel;

namespace Hawser.Session.Tests.Channel;

/// <summary>Two streams that are each other's other end, with what crosses them kept.</summary>
internal sealed class PipeStream(Stream reading, Stream writing) : Stream
{
    private readonly MemoryStream _written = new();

    private long _taken;

    public byte[] Written => _written.ToArray();

    /// <summary>Bytes that were read at this end.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set =>
        throw new NotSupportedException(); }

    public static (PipeStream A, PipeStream B) Pair()
    {
        var one = new Pipe();
        var two = new Pipe();
        return (new PipeStream(one.Reader.AsStream(), two.Writer.AsStream()),
            new PipeStream(two.Reader.AsStream(), one.Writer.AsStream()));
    }

    public static (StreamWire A, StreamWire B) Wires()
    {
        var (a, b) = Pair();
        return (new StreamWire(a), new StreamWire(b));
    }

    public override void Flush() => writing.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => writing.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await reading.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref _taken, count);
            return count;
        }
        catch (InvalidOperationException e)
        {
            // A closed pipe says it in its own way; sockets say this.
            throw new IOException("closed", e);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default)
    {
        _written.Write(buffer.Span);
        try
        {
            await writing.WriteAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("closed", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        reading.Dispose();
        writing.Dispose();
        base.Dispose(disposing);
    }
}
