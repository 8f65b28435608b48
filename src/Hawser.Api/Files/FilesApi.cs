using Hawser.Api.Files.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Files;

/// <summary>Files beside the rows: avatars, software for download; and the signing of plugins.</summary>
internal static class FilesApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AvatarStore>();
        services.AddSingleton<DownloadFolder>();
        services.AddSingleton<PluginSigner>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Clients hand the address on to remote peers and fetch it without a token (reference §14.1).
        routes.MapMethods("/avatars/{name}", [HttpMethods.Get, HttpMethods.Head], AvatarEndpoint.Show).ForAnybody()
            .WithSummary("A user's picture.").Answers("image/png");
        routes.MapPost("/api/avatar", AvatarEndpoint.StoreAsync).ForUsers()
            .WithSummary("Sets the caller's picture: PNG, JPEG, GIF or WebP.").ReadsBytes().Answers<AvatarAnswer>();
        routes.MapDelete("/api/avatar", AvatarEndpoint.RemoveAsync).ForUsers()
            .WithSummary("Removes the caller's picture.").ReadsNothing().AnswersNothing();
        // The downloader asks HEAD first and needs the length (§14.3).
        routes.MapMethods("/downloads/{**path}", [HttpMethods.Get, HttpMethods.Head], DownloadEndpoint.Handle)
            .ForAnybody().WithSummary("Software that the server offers; ranges are served.")
            .Answers("application/octet-stream");
        routes.MapPost("/lic/web/api/plugin-sign", PluginSignEndpoint.HandleAsync).ForAnybody()
            .WithSummary("Signs a plugin; off by default.")
            .Reads<PluginBody>("""{"plugin_id":"org.example.plugin","version":"1.0","msg":[1,2,3]}""")
            .Answers<PluginAnswer>();
    }
}
