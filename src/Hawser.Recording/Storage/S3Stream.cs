using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Hawser.Recording.Storage;

/// <summary>An object as a stream that can seek: asked for from where it is first read, as far as it is read.</summary>
internal sealed class S3Stream(AmazonS3Client client, string bucket, string key, long length, string? version) : Stream
{
    private GetObjectResponse? _open;
    private long _openAt;
    private long _at;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _at;
        set => _at = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at >= length || buffer.IsEmpty) return 0;
        try
        {
            if (_open is null || _openAt != _at) await OpenAsync(cancellationToken);
            var read = await _open!.ResponseStream.ReadAsync(buffer, cancellationToken);
            _at += read;
            _openAt = _at;
            return read;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new StorageException("Object storage: " + e.Message, isFull: false, e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("It is read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => _at = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _at + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _open?.Dispose();
        base.Dispose(disposing);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _open?.Dispose();
        _open = null;
        var request = new GetObjectRequest
        {
            BucketName = bucket, Key = key, ByteRange = new ByteRange(_at, length - 1),
            // What was announced is what is sent, also when the object is replaced meanwhile.
            EtagToMatch = version,
        };
        _open = await client.GetObjectAsync(request, cancellationToken);
        _openAt = _at;
    }
}
