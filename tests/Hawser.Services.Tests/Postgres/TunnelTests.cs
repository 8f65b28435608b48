using System.Globalization;
using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.Session.Host;
using Hawser.TestRig;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Postgres;

/// <summary>A database behind a host, reached through a tunnel of <c>hawser-connect</c> as if it were here (§16).</summary>
public sealed class TunnelTests(PostgresFixture postgres) : IAsyncDisposable
{
    private const int Rows = 20_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-tunnel-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(180));

    public ValueTask DisposeAsync()
    {
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_database_is_used_through_a_tunnel_by_several_connections_at_a_time()
    {
        var cluster = await postgres.ClusterAsync();
        await using var hawser = await TestHawser.StartAsync();
        await using var agent = await AgentAsync(hawser);
        var leads = string.Create(CultureInfo.InvariantCulture, $"0:127.0.0.1:{cluster.Port}");
        await using var program = ProgramRun.Start("hawser-connect", _folder, "secret\n", agent.Host.Options.Id, "tunnel", leads,
            "--json", "--way", "Relay", "--server", $"127.0.0.1:{hawser.RendezvousPort}", "--key", hawser.Key.PublicText,
            "--password-file", "-");
        await Eventually.HoldsAsync(
            () => program.Output.Contains('}', StringComparison.Ordinal) || program.HasExited, "the tunnel is open", 120);
        program.Errors.ShouldBeEmpty();
        var address = JsonSerializer.Deserialize<JsonElement>(program.Output).GetProperty("address").GetString()!;
        var far = new NpgsqlConnectionStringBuilder(cluster.Administrator)
        {
            Port = int.Parse(address.Split(':')[1], CultureInfo.InvariantCulture),
            Pooling = false,
            Timeout = 60,
            CommandTimeout = 120,
        };

        await Task.WhenAll(Enumerable.Range(0, 3).Select(n => UseAsync(far.ConnectionString, $"t{n}{Guid.NewGuid():N}")));
    }

    // Much both ways, and an error in between that must not end the connection.
    private async Task UseAsync(string connection, string table)
    {
        await using var far = new NpgsqlConnection(connection);
        await far.OpenAsync(_limit.Token);
        await ExecuteAsync(far, $"CREATE TEMPORARY TABLE {table} (id int PRIMARY KEY, text text NOT NULL)");
        await using (var writer = await far.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT BINARY)", _limit.Token))
        {
            for (var i = 0; i < Rows; i++) await writer.WriteRowAsync(_limit.Token, i, $"row {i} ü 日本");
            await writer.CompleteAsync(_limit.Token);
        }

        (await Should.ThrowAsync<PostgresException>(
            () => ExecuteAsync(far, $"INSERT INTO {table} VALUES (1, 'again')"))).SqlState.ShouldBe("23505");
        await using var command = new NpgsqlCommand($"SELECT id, text FROM {table} ORDER BY id", far);
        await using var reader = await command.ExecuteReaderAsync(_limit.Token);
        var read = 0;
        while (await reader.ReadAsync(_limit.Token)) reader.GetString(1).ShouldBe($"row {read++} ü 日本");
        read.ShouldBe(Rows);
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(_limit.Token);
    }

    private async Task<RunningAgent> AgentAsync(TestHawser hawser)
    {
        var home = new AgentFolder(Path.Combine(_folder, "agent"))
        {
            Config = new AgentConfig
            {
                Server = $"127.0.0.1:{hawser.RendezvousPort}",
                Key = hawser.Key.PublicText,
                Relay = $"127.0.0.1:{hawser.RelayPort}",
                Display = "none",
                Sound = "none",
            },
        };
        new HostSecrets(home.Secrets, home.Save).SetPermanent("secret");
        var agent = RunningAgent.Start(home, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        return agent;
    }
}
