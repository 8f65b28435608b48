using System.Buffers;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Hawser.Recording.Storage;

/// <summary>
/// Recordings in an object storage that speaks S3 (reference §4.7), under the same keys. A chunk is put under its
/// number and never replaces another; a final file is written here first and then uploaded, in parts when it is large,
/// so that it appears at once and whole.
/// </summary>
internal sealed class S3Storage : IRecordingStorage, IDisposable
{
    private const long InOne = 64L << 20;
    private const int PartSize = 32 << 20;
    private const int MaxDeleted = 1000;
    private const string Mark = "hawser-chunk";
    private static readonly TimeSpan LinkAge = TimeSpan.FromMinutes(5);
    private readonly RecordingOptions _options;
    private readonly RecordingStore _local;
    private readonly AmazonS3Client _client;
    private readonly AmazonS3Client? _public;
    private readonly string _scratch;

    public S3Storage(RecordingOptions options, RecordingStore local)
    {
        (_options, _local) = (options, local);
        _client = Client(options, options.S3Endpoint);
        // Another address is another signature: it covers the host.
        _public = options.S3PublicAddress.Length > 0 ? Client(options, options.S3PublicAddress) : null;
        _scratch = Path.Combine(local.Root, ".scratch");
    }

    private static AmazonS3Client Client(RecordingOptions options, string endpoint)
    {
        var config = new AmazonS3Config
        {
            // Storages other than Amazon's know neither its way of naming hosts nor its newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = TimeSpan.FromSeconds(100),
            MaxErrorRetry = 3,
        };
        if (endpoint.Length > 0)
        {
            (config.ServiceURL, config.ForcePathStyle) = (endpoint, true);
            config.AuthenticationRegion = options.S3Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.S3Region);
        }

        return options.S3AccessKey.Length > 0
            ? new AmazonS3Client(new BasicAWSCredentials(options.S3AccessKey, options.S3SecretKey), config)
            : new AmazonS3Client(config);
    }

    public bool IgnoresCase => false;

    /// <summary>Nothing is made: keys need no folder. Older objects have older numbers, and no rows.</summary>
    public Task CreateAsync(string recordId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<PreparedChunk> PrepareAsync(
        string recordId, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) =>
        Task.FromResult<PreparedChunk>(new Prepared(this, recordId, bytes));

    public Task<IReadOnlyList<FoundChunk>> ChunksAsync(string recordId, CancellationToken cancellationToken) =>
        GuardedAsync<IReadOnlyList<FoundChunk>>(async () =>
        {
            var found = new List<FoundChunk>();
            var prefix = Key(recordId, "");
            await foreach (var one in ListAsync(prefix + "chunk-", cancellationToken))
            {
                if (!StoredNames.TryChunk(one.Key.AsSpan(prefix.Length), out var index)) continue;
                found.Add(new FoundChunk(index, one.Size ?? 0, one.LastModified?.ToUniversalTime() ?? default));
            }

            found.Sort((a, b) => a.Index.CompareTo(b.Index));
            return found;
        });

    public Task<Stream?> OpenChunkAsync(string recordId, int index, CancellationToken cancellationToken) =>
        GuardedAsync<Stream?>(async () =>
        {
            try
            {
                var got = await _client.GetObjectAsync(
                    _options.S3Bucket, Key(recordId, StoredNames.Chunk(index)), cancellationToken);
                return got.ResponseStream;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        });

    public string Draft(string recordId, string extension)
    {
        RecordingStore.Make(_scratch);
        return Path.Combine(_scratch, StoredNames.Loose("." + extension));
    }

    public Task<string> PublishAsync(
        string recordId, string draft, string name, CancellationToken cancellationToken) => GuardedAsync(async () =>
    {
        var key = Key(recordId, name);
        if (new FileInfo(draft).Length > InOne) await PutPartsAsync(key, draft, cancellationToken);
        else
        {
            await _client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = _options.S3Bucket, Key = key, FilePath = draft, UseChunkEncoding = false,
                },
                cancellationToken);
        }

        return draft;
    });

    public Task<StoredFile?> OpenAsync(string recordId, string name, CancellationToken cancellationToken) =>
        GuardedAsync<StoredFile?>(async () =>
        {
            var key = Key(recordId, name);
            try
            {
                var head = await _client.GetObjectMetadataAsync(_options.S3Bucket, key, cancellationToken);
                var version = (head.ETag ?? "").Trim('"');
                return new StoredFile(
                    new S3Stream(_client, _options.S3Bucket, key, head.ContentLength, head.ETag), head.ContentLength,
                    version, new DateTimeOffset(head.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch));
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        });

    public Task DeleteChunksAsync(string recordId, CancellationToken cancellationToken) =>
        DeletePrefixAsync(Key(recordId, "chunk-"), cancellationToken);

    public async Task DeleteAsync(string recordId, CancellationToken cancellationToken)
    {
        await DeletePrefixAsync(Key(recordId, ""), cancellationToken);
        // A client's upload was in the folder until it was finished.
        if (RecordingName.TryParse(recordId, out var name)) _local.Discard(name);
    }

    public Task CleanAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_scratch)) return Task.CompletedTask;
        var before = TimeProvider.System.GetUtcNow().UtcDateTime - olderThan;
        foreach (var file in new DirectoryInfo(_scratch).EnumerateFiles())
        {
            if (StoredNames.IsLeftBehind(file, before)) file.Delete();
        }

        return Task.CompletedTask;
    }

    /// <summary>The storage has room; this machine needs some to finish recordings.</summary>
    public bool HasRoomFor(long bytes, bool start) => _local.HasRoomFor(bytes, start);

    /// <summary>Signed here, without asking the storage (reference §4.7).</summary>
    public Uri? AddressOf(string recordId, string name, string type, string disposition)
    {
        if (_public is null) return null;
        var isPlain = _options.S3PublicAddress.StartsWith("http:", StringComparison.OrdinalIgnoreCase);
        return new Uri(_public.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = _options.S3Bucket, Key = Key(recordId, name), Verb = HttpVerb.GET,
            Protocol = isPlain ? Amazon.S3.Protocol.HTTP : Amazon.S3.Protocol.HTTPS,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime + LinkAge,
            ResponseHeaderOverrides = new ResponseHeaderOverrides
            {
                ContentType = type, ContentDisposition = disposition,
            },
        }));
    }

    public void Dispose()
    {
        _client.Dispose();
        _public?.Dispose();
    }

    private static async Task<T> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException
            or UnauthorizedAccessException or (IOException and not StorageException))
        {
            var isFull = e is AmazonS3Exception { ErrorCode: "QuotaExceeded" or "XMinioStorageFull" }
                || (e is IOException io && RecordingStore.IsFull(io));
            throw new StorageException("Object storage: " + e.Message, isFull, e);
        }
    }

    private string Key(string recordId, string name) => $"{_options.S3Prefix}{recordId}/{name}";

    private async Task<bool> PutChunkAsync(
        string recordId, int index, ReadOnlySequence<byte> bytes, string mark, CancellationToken cancellationToken)
    {
        var key = Key(recordId, StoredNames.Chunk(index));
        try
        {
            await using var content = new SequenceStream(bytes);
            var put = new PutObjectRequest
            {
                BucketName = _options.S3Bucket, Key = key,
                InputStream = content, AutoCloseStream = false, UseChunkEncoding = false,
                // What is there is never replaced (reference §4.7).
                IfNoneMatch = "*",
            };
            put.Metadata[Mark] = mark;
            await _client.PutObjectAsync(put, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            // Perhaps by this very request: the answer was lost on its way, and it was sent again.
            return await IsMarkedAsync(key, mark, cancellationToken);
        }
    }

    private async Task<bool> IsMarkedAsync(string key, string mark, CancellationToken cancellationToken)
    {
        try
        {
            var known = await _client.GetObjectMetadataAsync(_options.S3Bucket, key, cancellationToken);
            return known.Metadata[Mark] == mark;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task PutPartsAsync(string key, string draft, CancellationToken cancellationToken)
    {
        var bucket = _options.S3Bucket;
        var upload = await _client.InitiateMultipartUploadAsync(bucket, key, cancellationToken);
        try
        {
            var parts = new List<PartETag>();
            var length = new FileInfo(draft).Length;
            // No more than 10,000 parts are allowed.
            var size = Math.Max(PartSize, (length / 9000) + 1);
            for (long at = 0; at < length; at += size)
            {
                var put = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = bucket, Key = key, UploadId = upload.UploadId, PartNumber = parts.Count + 1,
                        FilePath = draft, FilePosition = at, PartSize = Math.Min(size, length - at),
                        UseChunkEncoding = false,
                    },
                    cancellationToken);
                parts.Add(new PartETag(parts.Count + 1, put.ETag));
            }

            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = parts,
                },
                cancellationToken);
        }
        catch
        {
            await AbortAsync(bucket, key, upload.UploadId);
            throw;
        }
    }

    private async Task AbortAsync(string bucket, string key, string upload)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(bucket, key, upload, CancellationToken.None);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // The storage's own rule for stale uploads removes it.
        }
    }

    private async IAsyncEnumerable<S3Object> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? more = null;
        do
        {
            var page = await _client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = _options.S3Bucket, Prefix = prefix, ContinuationToken = more },
                cancellationToken);
            foreach (var one in page.S3Objects ?? []) yield return one;
            more = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (more is not null);
    }

    private Task<bool> DeletePrefixAsync(string prefix, CancellationToken cancellationToken) => GuardedAsync(async () =>
    {
        var keys = new List<KeyVersion>();
        await foreach (var one in ListAsync(prefix, cancellationToken)) keys.Add(new KeyVersion { Key = one.Key });
        foreach (var some in keys.Chunk(MaxDeleted))
        {
            await _client.DeleteObjectsAsync(
                new DeleteObjectsRequest { BucketName = _options.S3Bucket, Objects = [.. some] }, cancellationToken);
        }

        return true;
    });

    private async Task RemoveChunkAsync(string recordId, int index)
    {
        try
        {
            var key = Key(recordId, StoredNames.Chunk(index));
            await _client.DeleteObjectAsync(_options.S3Bucket, key, CancellationToken.None);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // It is removed with the recording.
        }
    }

    private sealed class Prepared(S3Storage storage, string recordId, ReadOnlySequence<byte> bytes) : PreparedChunk
    {
        private readonly string _mark = Guid.CreateVersion7().ToString("N");
        private int? _published;

        public override async Task<bool> PublishAsync(int index, CancellationToken cancellationToken)
        {
            var isNew = await GuardedAsync(
                () => storage.PutChunkAsync(recordId, index, bytes, _mark, cancellationToken));
            if (isNew) _published = index;
            return isNew;
        }

        public override Task WithdrawAsync() =>
            _published is { } index ? storage.RemoveChunkAsync(recordId, index) : Task.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
