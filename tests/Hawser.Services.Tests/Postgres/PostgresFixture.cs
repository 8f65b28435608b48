using Hawser.Data;
using Hawser.TestRig;
using Xunit;

[assembly: AssemblyFixture(typeof(Hawser.Services.Tests.Postgres.PostgresFixture))]

namespace Hawser.Services.Tests.Postgres;

/// <summary>One PostgreSQL server for the tests that do not stop it.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresCluster>> _cluster = new(PostgresCluster.StartAsync);

    public Task<PostgresCluster> ClusterAsync() => _cluster.Value;

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated) await (await _cluster.Value).DisposeAsync();
    }

    internal static StoreAddress Parse(string text) => StoreAddress.TryParse(text, out var address, out var error)
        ? address : throw new InvalidOperationException(error);
}
