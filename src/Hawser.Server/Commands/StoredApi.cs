using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hawser.Api;
using Hawser.Api.Settings;
using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Data;
using Hawser.Server.Hosting;

namespace Hawser.Server.Commands;

/// <summary>
/// The parts of the API on the database of a data folder, without a server: for commands that look at settings or
/// change them. The server may run meanwhile; it sees a change within seconds.
/// </summary>
internal sealed class StoredApi : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HawserStore _store;

    private StoredApi(ServiceProvider services, HawserStore store)
    {
        _services = services;
        _store = store;
    }

    /// <summary>The settings.</summary>
    public SettingsStore Settings => Get<SettingsStore>();

    /// <summary>The option that names the data folder.</summary>
    public static Option<string?> DataOption() =>
        new("--data") { Description = "The data folder; as configured when not given.", HelpName = "DIR" };

    /// <summary>Opens what a server with these options would use.</summary>
    /// <param name="data">The data folder; null: as configured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartupException">There is no such folder, or its database can't be opened.</exception>
    public static Task<StoredApi> OpenAsync(string? data, CancellationToken cancellationToken) =>
        OpenAsync(NodeOptions.Read(data is null ? [] : ["--data", data]).Options, cancellationToken);

    /// <summary>Opens what a server with these options would use.</summary>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartupException">There is no such folder, or its database can't be opened.</exception>
    public static async Task<StoredApi> OpenAsync(HawserOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.Data))
        {
            throw new StartupException(
                $"--data: there is no folder {options.Data}; start the server once, it makes it.");
        }

        var store = HawserStore.For(options.Data, database: HawserNode.AddressOf(options));
        try
        {
            await store.OpenAsync(cancellationToken);
        }
        catch (StoreException e)
        {
            await store.DisposeAsync();
            throw new StartupException(e.Message, e);
        }

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        var heartbeat = new NodeHeartbeat(TimeProvider.System, _ => { });
        services.AddApi(options.Api, new ApiParts(
            store, new InProcessLiveFeed(), heartbeat, "", options.Data, Console.Error.WriteLine));
        var api = new StoredApi(services.BuildServiceProvider(), store);
        await api.Settings.ReloadAsync(cancellationToken);
        return api;
    }

    /// <summary>A context.</summary>
    public HawserDb CreateDb() => _store.CreateDb();

    /// <summary>A part of the API.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

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

    /// <summary>Parses settings that somebody wrote: a key that does not exist is a mistake to tell.</summary>
    /// <exception cref="StartupException">They can't be read; the message says where.</exception>
    public static T Parse<T>(string json, JsonTypeInfo<T> type, string what)
    {
        var strict = new JsonSerializerOptions(type.Options)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
        };
        try
        {
            return JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)strict.GetTypeInfo(typeof(T)))
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new StartupException($"That is not the JSON of {what} settings: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }
}
