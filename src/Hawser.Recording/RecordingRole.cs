using Hawser.Recording.Copies;
using Hawser.Recording.Finishing;
using Hawser.Recording.Ingest;
using Hawser.Recording.Library;
using Hawser.Recording.Page;
using Hawser.Recording.Playback;
using Hawser.Recording.Sockets;
using Hawser.Recording.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Hawser.Recording;

/// <summary>The recording role: takes recordings in and keeps them.</summary>
public static class RecordingRole
{
    /// <summary>Registers what the role needs.</summary>
    /// <param name="services">The web server's services.</param>
    /// <param name="options">The options.</param>
    /// <param name="parts">The parts.</param>
    public static void AddRecording(this IServiceCollection services, RecordingOptions options, RecordingParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        services.AddSingleton(options);
        services.AddSingleton(parts);
        services.TryAddSingleton(parts.Time);
        services.AddSingleton<RecordingMetrics>();
        services.AddSingleton<RecordingStore>();
        services.AddSingleton<RecordingQuota>();
        services.AddSingleton<StorageDesk>();
        AddUploads(services);
        AddLibrary(services, options, parts);
        AddFinishing(services);
        RecordingsApi.Add(services);
        RecorderSockets.Add(services);
    }

    /// <summary>Maps the routes; after routing was added.</summary>
    /// <param name="app">The web application.</param>
    public static void MapRecording(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // No credentials: the reference's class A (§2.2); who may upload is decided by UploadRights.
        app.MapPost("/api/record", (RequestDelegate)RecordEndpoint.HandleAsync).AllowAnonymous()
            .Says("A client uploads a recording of a session, piece by piece.", "For anybody; see --recorder-uploads.")
            .Asks("type", "new, part, tail or remove.").Asks("file", "The recording's name, as the client made it.")
            .Asks("offset", "Where the bytes belong.").Asks("length", "How many there are.")
            .WithMetadata(new AcceptsMetadata([], typeof(Stream), isOptional: true))
            .AnswersNothing(StatusCodes.Status200OK);
        RecordingsApi.Map(app);
        RecorderSockets.Map(app);
        RecorderPage.Map(app);
    }

    /// <summary>Where recordings are, and how much room there is.</summary>
    /// <param name="services">The services that the role was added to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<StorageFacts> DescribeStorageAsync(
        IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<StorageDesk>().DescribeAsync(cancellationToken);

    /// <summary>Writes a small recording, reads it again and deletes it, within ten seconds.</summary>
    /// <param name="services">The services that the role was added to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReadOnlyList<StorageStep>> TryStorageAsync(
        IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<StorageDesk>().TryAsync(cancellationToken);

    private static void AddUploads(IServiceCollection services)
    {
        services.AddSingleton<UploadRights>();
        services.AddSingleton<RecordUploads>();
        services.AddHostedService<UploadSweeper>();
    }

    private static void AddLibrary(IServiceCollection services, RecordingOptions options, RecordingParts parts)
    {
        services.AddSingleton<DiskThreads>();
        services.AddSingleton(
            s => new Durability(options.Flush, s.GetRequiredService<DiskThreads>(), parts.Time));
        if (options.S3Bucket.Length > 0) services.AddSingleton<IRecordingStorage, S3Storage>();
        else services.AddSingleton<IRecordingStorage, LocalStorage>();
        services.AddSingleton(_ => parts.Counter ?? new StoredChunkCounter(parts.Store));
        services.AddSingleton(s => new ChunkLedger(
            parts.Store, parts.Time, flush: s.GetRequiredService<Durability>().Flushes));
        services.AddSingleton<LiveRecordings>();
        services.AddSingleton(s => new RecordLimits(options, s.GetRequiredService<RecordingQuota>(), parts.Time));
        services.AddSingleton<RecordEnds>();
        services.AddSingleton<Recordings>();
        services.AddSingleton<LibrarySweeper>();
        services.AddHostedService(s => s.GetRequiredService<RecordEnds>());
        services.AddHostedService(s => s.GetRequiredService<LibrarySweeper>());
    }

    private static void AddFinishing(IServiceCollection services)
    {
        services.AddSingleton(s => new FFmpeg(
            s.GetRequiredService<RecordingOptions>(), s.GetRequiredService<RecordingParts>().Time));
        services.AddSingleton<StreamFinish>();
        services.AddSingleton<UploadFinish>();
        services.AddSingleton<Posters>();
        services.AddSingleton<FileHashes>();
        services.AddSingleton<FinishJob>();
        services.AddSingleton<FinishQueue>();
        services.AddHostedService(s => s.GetRequiredService<FinishQueue>());
        services.AddSingleton<CopyJob>();
        services.AddSingleton<CopyQueue>();
        services.AddSingleton<CopyDesk>();
        services.AddHostedService(s => s.GetRequiredService<CopyQueue>());
    }
}
