using Hawser.Services.Tests.Postgres;
using Hawser.Services.Tests.Redis;

namespace Hawser.Services.Tests.Recording;

/// <summary>Two nodes on one database of a PostgreSQL server and one folder, with Redis or without.</summary>
internal sealed record RecorderPair(RecorderNode One, RecorderNode Two, RedisServerProcess? Redis, string Folder) : IAsyncDisposable
{
    public static async Task<RecorderPair> StartAsync(PostgresFixture fixture, bool redis, bool secondFinishes = true)
    {
        var cluster = await fixture.ClusterAsync();
        var name = $"t{Guid.NewGuid():N}";
        await cluster.ExecuteAsync($"CREATE DATABASE {name}");
        var folder = Directory.CreateTempSubdirectory("hawser-shared-").FullName;
        var server = redis ? await RedisServerProcess.StartAsync() : null;

        Task<RecorderNode> NodeAsync(bool finishes) => RecorderNode.StartAsync(o =>
        {
            o.Database = $"{cluster.Administrator};Database={name};Maximum Pool Size=20";
            (o.Recorder.Folder, o.Recorder.Finish) = (folder, finishes);
            if (server is null) return;
            (o.Redis.Host, o.Redis.Port, o.Redis.TimeoutMs) = ("127.0.0.1", server.Port, 5000);
        });

        return new RecorderPair(await NodeAsync(true), await NodeAsync(secondFinishes), server, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
