using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Recording.SocketIo;

/// <summary>Puts a Socket.IO server on its path.</summary>
internal static class SocketIoRoutes
{
    /// <summary>
    /// Maps the path for every method, with and without its last slash (the client asks with it); what lies below it is
    /// not found. Who may connect is asked by the server itself.
    /// </summary>
    /// <param name="routes">Where.</param>
    /// <param name="server">The server.</param>
    /// <returns>The route.</returns>
    public static IEndpointConventionBuilder MapSocketIo(this IEndpointRouteBuilder routes, SocketIoServer server) =>
        routes.Map(server.Options.Path.TrimEnd('/'), (RequestDelegate)server.HandleAsync);
}
