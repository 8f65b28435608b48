using System.Security.Cryptography;
using System.Text;
using Hawser.Data;

namespace Hawser.TestRig;

/// <summary>
/// Which engine the servers and stores of this test process use. <c>HAWSER_TEST_DATABASE</c> is empty: SQLite;
/// <c>postgres</c>: a cluster that this process starts; otherwise the connection string of an administrator of a
/// running one. Each data folder has a database of its own there, copied from a template.
/// </summary>
public static class TestDatabase
{
    private static readonly string Choice = Environment.GetEnvironmentVariable("HAWSER_TEST_DATABASE") ?? "";

    private static readonly Lazy<Task<string>> Server = new(StartAsync);

    private static readonly string Template = $"hawser_template_{Environment.ProcessId}";

    private static PostgresCluster? _own;

    private static readonly SemaphoreSlim Turn = new(1, 1);

    private static readonly HashSet<string> Made = new(StringComparer.Ordinal);

    /// <summary>Whether tests run on PostgreSQL.</summary>
    public static bool IsPostgres => Choice.Length > 0;

    /// <summary>The database of a data folder, made at its first use; SQLite when that is the engine.</summary>
    public static async Task<StoreAddress> OfAsync(string folder)
    {
        if (!IsPostgres) return StoreAddress.Sqlite;
        var administrator = await Server.Value;
        var name = NameOf(folder);
        await Turn.WaitAsync();
        try
        {
            // One copy after the other: a template must have no other user meanwhile.
            if (Made.Add(name))
            {
                await PostgresCluster.ExecuteAsync(administrator, $"CREATE DATABASE {name} TEMPLATE {Template}");
            }
        }
        finally
        {
            Turn.Release();
        }

        return Parse($"{administrator};Database={name};Maximum Pool Size=10");
    }

    /// <summary>As the option is written.</summary>
    public static async Task<string> OptionOfAsync(string folder) =>
        IsPostgres ? Text(await Server.Value, NameOf(folder), await OfAsync(folder)) : "sqlite";

    /// <summary>Removes the database of a folder.</summary>
    public static async Task DropAsync(string folder)
    {
        var name = NameOf(folder);
        if (!IsPostgres || !Made.Remove(name)) return;
        await PostgresCluster.ExecuteAsync(await Server.Value, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static string Text(string administrator, string name, StoreAddress made) => made.IsPostgres
        ? $"{administrator};Database={name};Maximum Pool Size=10"
        : throw new InvalidOperationException();

    private static string NameOf(string folder)
    {
        var full = Encoding.UTF8.GetBytes(Path.GetFullPath(folder));
        return $"t_{Environment.ProcessId}_{Convert.ToHexStringLower(SHA256.HashData(full))[..20]}";
    }

    private static async Task<string> StartAsync()
    {
        var administrator = Choice;
        if (Choice == "postgres")
        {
            // Ends with this process; held, because it also ends when nobody holds its pipe.
            _own = await PostgresCluster.StartAsync();
            administrator = _own.Administrator;
        }

        await using (await HawserStore.OpenAsync(
            "/nowhere", null, null, CancellationToken.None, Parse($"{administrator};Database={Template};Pooling=false")))
        {
            // Opening made it.
        }

        return administrator;
    }

    private static StoreAddress Parse(string text) => StoreAddress.TryParse(text, out var address, out var error)
        ? address
        : throw new InvalidOperationException($"HAWSER_TEST_DATABASE {error}");
}
