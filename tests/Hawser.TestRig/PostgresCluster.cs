using System.Diagnostics;
using System.Globalization;
using Hawser.Data;
using Npgsql;

namespace Hawser.TestRig;

/// <summary>
/// A PostgreSQL server of this test process, on a port of its own, gone with it however it ends. Its promises about
/// power cuts are switched off (not those about crashes), everything else is as in production.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Password = "secret";

    private readonly string _folder;
    private readonly Process _guard;

    private PostgresCluster(string folder, int port, Process guard)
    {
        _folder = folder;
        _guard = guard;
        Port = port;
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The connection string of its administrator, without a database.</summary>
    public string Administrator => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Password={Password}");

    /// <summary>The programs of the server; null when it is not installed.</summary>
    public static string? Programs { get; } = Find();

    /// <summary>Makes a cluster and starts it.</summary>
    public static async Task<PostgresCluster> StartAsync()
    {
        if (Programs is null) throw new InvalidOperationException("PostgreSQL is not installed; ./test installs it");
        var folder = Directory.CreateTempSubdirectory("hawser-postgres-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "pw"), Password);
        if (IsRoot) await RunAsync("chown", "-R", "postgres:postgres", folder);
        await RunAsync(
            [.. AsServer($"{Programs}/initdb"), "-D", $"{folder}/data", "-A", "scram-sha-256", "-U", "postgres",
                "--pwfile", $"{folder}/pw", "-E", "UTF8", "--locale=C", "--no-sync"]);
        // Ends the server when this process is gone and its end of the pipe with it.
        var guard = Process.Start(new ProcessStartInfo("/bin/bash")
        {
            ArgumentList =
            {
                "-c",
                $"cat >/dev/null; {string.Join(' ', AsServer($"{Programs}/pg_ctl"))} -D {folder}/data -m immediate stop "
                    + $">/dev/null 2>&1; rm -rf {folder}",
            },
            RedirectStandardInput = true,
            UseShellExecute = false,
        })!;
        var cluster = new PostgresCluster(folder, FreePorts.Block(1), guard);
        await cluster.StartAgainAsync();
        return cluster;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port.</summary>
    public Task StartAgainAsync() => RunAsync(
        [.. AsServer($"{Programs}/pg_ctl"), "-D", $"{_folder}/data", "-w", "-l", $"{_folder}/log", "start", "-o",
            string.Create(
                CultureInfo.InvariantCulture,
                $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off "
                + $"-c full_page_writes=off -c max_connections=300 -c autovacuum=off"),
        ]);

    /// <summary>Stops it.</summary>
    /// <param name="mode"><c>fast</c>: every connection is ended; <c>immediate</c>: as by a crash.</param>
    public Task StopAsync(string mode = "fast") =>
        RunAsync([.. AsServer($"{Programs}/pg_ctl"), "-D", $"{_folder}/data", "-m", mode, "-w", "stop"]);

    /// <summary>A new empty database; the store in it is to be made.</summary>
    public async Task<StoreAddress> EmptyAsync()
    {
        var name = $"t{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        return Address(name);
    }

    /// <summary>The address of a database, whether it exists or not.</summary>
    public StoreAddress Address(string name) =>
        StoreAddress.TryParse($"{Administrator};Database={name}", out var address, out var error)
            ? address : throw new InvalidOperationException(error);

    /// <summary>Runs a statement as administrator.</summary>
    public Task ExecuteAsync(string sql, string database = "postgres") => ExecuteAsync(Administrator, sql, database);

    internal static async Task ExecuteAsync(string administrator, string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"{administrator};Database={database};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static string[] AsServer(string program) => IsRoot
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", program]
        : [program];

    private static string? Find() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin"))
            .Where(d => File.Exists(Path.Combine(d, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            UseShellExecute = false, WorkingDirectory = "/",
        })!;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode == 0) return;
        // What it starts may keep the pipes, so they are read only when nothing was started.
        throw new InvalidOperationException(
            $"{string.Join(' ', command)}: {await process.StandardOutput.ReadToEndAsync()} "
            + await process.StandardError.ReadToEndAsync());
    }
}
