using System.CommandLine;
using Hawser.Api;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Settings;
using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Data;
using Hawser.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Server.Commands;

/// <summary>
/// The parts of the API on the database of a data folder, without a server: for commands that look at settings or
/// change them. The server may run meanwhile; it sees a change within seconds.
/// </summary>
internal sealed class StoredApi : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;
    private readonly HawserStore _store;

    private StoredApi(ServiceProvider services, HawserStore store)
    {
        _services = services;
        _scope = services.CreateAsyncScope();
        _store = store;
    }

    /// <summary>The settings.</summary>
    public SettingsStore Settings => Get<SettingsStore>();

    /// <summary>The rows.</summary>
    public HawserDb Db => Get<HawserDb>();

    /// <summary>What may be done to accounts.</summary>
    public AccountRules Rules => Get<AccountRules>();

    /// <summary>The clock.</summary>
    public TimeProvider Time => Get<TimeProvider>();

    /// <summary>The option that names the data folder.</summary>
    public static Option<string?> DataOption() => new("--data")
    {
        Description = "The data folder; as the server finds it (HAWSER_DATA, hawser.json, ./data) when not given.",
        HelpName = "DIR",
    };

    /// <summary>Runs something on the database of a folder.</summary>
    /// <param name="data">The data folder; null: as configured.</param>
    /// <param name="create">Make the database when there is none yet.</param>
    /// <param name="work">What to do; returns the exit code.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartupException">There is no such folder, or its database can't be used.</exception>
    public static async Task<int> RunAsync(
        string? data, bool create, Func<StoredApi, Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var api = await OpenAsync(data, cancellationToken, create);
            return await work(api);
        }
        catch (StoreException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    /// <summary>Opens what a server with these options would use.</summary>
    /// <param name="data">The data folder; null: as configured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="create">Make the database when there is none yet.</param>
    /// <exception cref="StartupException">There is no such folder, or its database can't be opened.</exception>
    public static Task<StoredApi> OpenAsync(
        string? data, CancellationToken cancellationToken, bool create = false) =>
        OpenAsync(NodeOptions.Read(data is null ? [] : ["--data", data]).Options, cancellationToken, create);

    /// <summary>Opens what a server with these options would use.</summary>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="create">Make the database when there is none yet.</param>
    /// <exception cref="StartupException">There is no such folder, or its database can't be opened.</exception>
    public static async Task<StoredApi> OpenAsync(
        HawserOptions options, CancellationToken cancellationToken, bool create = false)
    {
        var address = HawserNode.AddressOf(options);
        var isThere = address is { IsPostgres: true } || File.Exists(Path.Combine(options.Data, HawserStore.FileName));
        if (!create && !isThere)
        {
            throw new StartupException($"--data: {options.Data} holds no {HawserStore.FileName}; which folder is it?");
        }

        DataFolder.Prepare(options.Data);
        var time = TimeProvider.System;
        var store = HawserStore.For(options.Data, time, NullLoggerFactory.Instance, database: address);
        try
        {
            await store.OpenAsync(cancellationToken);
            var api = new StoredApi(Services(options, store, time), store);
            await api.Settings.ReloadAsync(cancellationToken);
            await api.Get<FirstRows>().EnsureDefaultsAsync(cancellationToken);
            return api;
        }
        catch (StoreException e)
        {
            await store.DisposeAsync();
            throw new StartupException(e.Message, e);
        }
    }

    private static ServiceProvider Services(HawserOptions options, HawserStore store, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddApi(options.Api, new ApiParts(
            store, new InProcessLiveFeed(), new NodeHeartbeat(time, _ => { }), "", options.Data,
            Console.Error.WriteLine)
        {
            Pins = options.Pins,
        });
        return services.BuildServiceProvider();
    }

    /// <summary>A context.</summary>
    public HawserDb CreateDb() => _store.CreateDb();

    /// <summary>A part of the API.</summary>
    public T Get<T>()
        where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    /// <summary>Writes down what was done, by whom (admin reference §4.7).</summary>
    /// <param name="operation">What.</param>
    /// <param name="target">To what.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="details">More; never a secret.</param>
    public async Task NoteAsync(
        ConsoleOperation operation, string target, CancellationToken cancellationToken,
        params (string Name, string? Value)[] details)
    {
        await using var db = CreateDb();
        Get<ConsoleLog>().AddLocal(db, Environment.UserName, operation, target, details);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Reads a file, or standard input for <c>-</c>.</summary>
    public static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file == "-") return await Console.In.ReadToEndAsync(cancellationToken);
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file} can't be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }
}
