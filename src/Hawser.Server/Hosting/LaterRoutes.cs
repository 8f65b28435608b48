using Microsoft.Extensions.Primitives;

namespace Hawser.Server.Hosting;

/// <summary>
/// Routes that are made when routing first needs them: many, with descriptions and policies, and no port has to wait
/// for them.
/// </summary>
/// <param name="services">The web server's services.</param>
/// <param name="map">Makes them.</param>
internal sealed class LaterRoutes(IServiceProvider services, Action<IEndpointRouteBuilder> map) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<Endpoint>> _endpoints = new(() =>
    {
        var routes = new Routes(services);
        map(routes);
        return [.. routes.DataSources.SelectMany(s => s.Endpoints)];
    });

    /// <inheritdoc/>
    public override IReadOnlyList<Endpoint> Endpoints => _endpoints.Value;

    /// <inheritdoc/>
    public override IChangeToken GetChangeToken() => new CancellationChangeToken(CancellationToken.None);

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
