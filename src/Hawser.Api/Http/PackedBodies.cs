using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// Unpacks compressed request bodies on every route: clients 1.2.2–1.4.4 send large address books with gzip (reference
/// §1.5, §6.9). What is read is counted unpacked, so a small body can't become a large one.
/// </summary>
internal sealed class PackedBodies(RequestDelegate next)
{
    /// <summary>More than this is never unpacked; routes have smaller limits of their own.</summary>
    internal const long Most = 64 << 20;

    public async Task InvokeAsync(HttpContext context)
    {
        var encoding = context.Request.Headers.ContentEncoding.ToString().Trim();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        var packed = context.Request.Body;
        Stream? unpacked = encoding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionMode.Decompress, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true),
            _ => null,
        };
        if (unpacked is null)
        {
            var refusal = ClientResults.Error(415, "The encoding of the request is not known here; gzip is.");
            await refusal.ExecuteAsync(context);
            return;
        }

        await using var counted = new Counted(unpacked);
        context.Request.Body = counted;
        context.Request.Headers.ContentEncoding = default;
        context.Request.Headers.ContentLength = null;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Body = packed;
        }
    }

    private sealed class Counted(Stream inner) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                var read = await inner.ReadAsync(buffer, cancellationToken);
                _read += read;
                return _read <= Most ? read : throw new BadHttpRequestException("The request is too large.", 413);
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
            {
                throw new BadHttpRequestException("The request's compression is damaged.", 400, e);
            }
        }

        public override Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
