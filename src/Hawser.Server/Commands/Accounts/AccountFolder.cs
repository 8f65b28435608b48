using System.CommandLine;
using Hawser.Api;
using Hawser.Api.Accounts;
using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Data;
using Hawser.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Server.Commands.Accounts;

/// <summary>
/// The accounts of a data folder for the command line, with the options that a server of that folder would have. The
/// server may be running: both use the database's own locks, and it asks again within a second.
/// </summary>
internal sealed class AccountFolder : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;
    private readonly HawserStore _store;

    private AccountFolder(ServiceProvider services, HawserStore store)
    {
        _services = services;
        _scope = services.CreateAsyncScope();
        _store = store;
    }

    public HawserDb Db => _scope.ServiceProvider.GetRequiredService<HawserDb>();

    public AccountRules Rules => _scope.ServiceProvider.GetRequiredService<AccountRules>();

    public TimeProvider Time => _services.GetRequiredService<TimeProvider>();

    /// <summary>The option that names the folder.</summary>
    public static Option<string?> Data() => new("--data")
    {
        Description = "The data folder; as the server finds it (HAWSER_DATA, hawser.json, ./data) when not given.",
        HelpName = "DIR",
    };

    /// <summary>Runs something on the accounts of a folder.</summary>
    /// <param name="folder">The folder; null: where a server started here would look.</param>
    /// <param name="create">Make the database when there is none yet.</param>
    /// <param name="work">What to do; returns the exit code.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<int> RunAsync(
        string? folder, bool create, Func<AccountFolder, Task<int>> work, CancellationToken cancellationToken)
    {
        var options = NodeOptions.Read(folder is null ? [] : ["--data", folder]).Options;
        try
        {
            await using var accounts = await OpenAsync(options, create, cancellationToken);
            return await work(accounts);
        }
        catch (StoreException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static async Task<AccountFolder> OpenAsync(
        HawserOptions options, bool create, CancellationToken cancellationToken)
    {
        var address = HawserNode.AddressOf(options);
        var file = Path.Combine(options.Data, HawserStore.FileName);
        if (!create && address is not { IsPostgres: true } && !File.Exists(file))
        {
            throw new StartupException($"--data: {options.Data} holds no {HawserStore.FileName}; which folder is it?");
        }

        DataFolder.Prepare(options.Data);
        var time = TimeProvider.System;
        var store = HawserStore.For(options.Data, time, NullLoggerFactory.Instance, database: address);
        try
        {
            await store.OpenAsync(cancellationToken);
            var parts = new ApiParts(
                store, new InProcessLiveFeed(), new NodeHeartbeat(time, _ => { }), "", options.Data, _ => { });
            var services = new ServiceCollection();
            services.AddSingleton(time);
            services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
            services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
            services.AddApi(options.Api, parts);
            var provider = services.BuildServiceProvider();
            await provider.GetRequiredService<FirstRows>().EnsureDefaultsAsync(cancellationToken);
            return new AccountFolder(provider, store);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }
}
