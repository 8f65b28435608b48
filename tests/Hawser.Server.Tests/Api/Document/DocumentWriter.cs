using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hawser.Api.Http;
using Hawser.TestRig;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>
/// Writes docs/openapi.json from the routes of a running server and what they say of themselves (ADR 0015). The server
/// itself only serves the file.
/// </summary>
internal static class DocumentWriter
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    };

    /// <summary>The routes that the document is about: those of the API and of recordings.</summary>
    public static List<RouteEndpoint> Endpoints(TestHawser hawser) =>
        [.. hawser.Node.Services!.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null && !IsOfTheNode(PathOf(e)))];

    public static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    /// <summary>The node's own: health, metrics, pages; described in docs/operations.md.</summary>
    public static bool IsOfTheNode(string path) =>
        path is "/" or "/metrics" or "/cluster/relays" || path.StartsWith("/health", StringComparison.Ordinal)
            || path.StartsWith("/{*path", StringComparison.Ordinal);

    /// <summary>Recorders and links have rights of their own (docs/recorder.md), which are no policies.</summary>
    public static bool IsOfTheRecorder(string path) => new[] { "/recordings", "/api/recordings", "/recorder", "/socket.io" }
        .Any(p => path == p || path.StartsWith(p + "/", StringComparison.Ordinal));

    /// <summary>Writes it.</summary>
    public static async Task<string> WriteAsync(TestHawser hawser)
    {
        var endpoints = Endpoints(hawser).ConvertAll(Plain);
        await using var services = Services(endpoints, hawser.Node.Services!);
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1");
        var document = await provider.GetOpenApiDocumentAsync();
        await using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        var root = (JsonObject)JsonNode.Parse(text.ToArray())!;
        // A new route is one new place in the file, wherever it was mapped.
        Sort(root, "paths");
        Sort((JsonObject)root["components"]!, "schemas");
        return root.ToJsonString(Written) + "\n";
    }

    private static ServiceProvider Services(List<RouteEndpoint> endpoints, IServiceProvider server)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRoutingCore();
        services.AddSingleton<IHostEnvironment>(new Here());
        services.AddSingleton<EndpointDataSource>(new DefaultEndpointDataSource(endpoints));
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.TypeInfoResolverChain.Clear();
            foreach (var context in Contexts()) json.SerializerOptions.TypeInfoResolverChain.Add(new OwnNames(context));
            json.SerializerOptions.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
        });
        var style = new DocumentStyle(new XmlTexts(Assemblies));
        services.AddOpenApi("v1", style.Apply);
        // What the server's handlers are given by its container is no part of a request.
        var known = server.GetRequiredService<IServiceProviderIsService>();
        foreach (var type in endpoints.SelectMany(e => e.Metadata.OfType<MethodInfo>())
            .SelectMany(m => m.GetParameters()).Select(p => p.ParameterType).Distinct())
        {
            if (known.IsService(type) && !type.IsGenericType) services.TryAddTransient(type, _ => throw new NotSupportedException());
        }

        return services.BuildServiceProvider();
    }

    internal static Assembly[] Assemblies { get; } =
        [typeof(ClientBody).Assembly, typeof(Hawser.Recording.RecordingRole).Assembly];

    // The source-generated ones: what the server writes with.
    private static IEnumerable<JsonSerializerContext> Contexts() => Assemblies.SelectMany(a => a.GetTypes())
        .Where(t => t.IsSubclassOf(typeof(JsonSerializerContext)))
        .OrderBy(t => t.FullName, StringComparer.Ordinal)
        .Select(t => (JsonSerializerContext)t.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    /// <summary>The endpoint with what the framework understands.</summary>
    private static RouteEndpoint Plain(RouteEndpoint endpoint)
    {
        var metadata = new List<object>();
        if (endpoint.Metadata.GetMetadata<MethodInfo>() is null) metadata.Add(endpoint.RequestDelegate!.Method);
        foreach (var item in endpoint.Metadata)
        {
            metadata.Add(item switch
            {
                IAcceptsMetadata { ContentTypes.Count: 0 } body => Accepts(body),
                IProducesResponseTypeMetadata { Type: { } type } answer
                    when type == typeof(string) && !answer.ContentTypes.Any(IsText) =>
                    new ProducesResponseTypeMetadata(answer.StatusCode, typeof(Stream), [.. answer.ContentTypes]),
                _ => item,
            });
        }

        if (endpoint.Metadata.GetMetadata<ITagsMetadata>() is null) metadata.Add(new TagsAttribute(TagOf(metadata)));
        return new RouteEndpoint(
            endpoint.RequestDelegate!, endpoint.RoutePattern, endpoint.Order, new(metadata), endpoint.DisplayName);
    }

    private static AcceptsMetadata Accepts(IAcceptsMetadata body) => body.RequestType switch
    {
        { } type when type == typeof(Stream) => new(["application/octet-stream"], type, body.IsOptional),
        { } type when type == typeof(IFormCollection) => new(
            ["application/x-www-form-urlencoded"], typeof(Dictionary<string, string>), body.IsOptional),
        var type => new(["application/json"], type, body.IsOptional),
    };

    private static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType == "application/json";

    /// <summary>A slice is a tag: the folder of the handler.</summary>
    private static string TagOf(List<object> metadata)
    {
        var parts = metadata.OfType<MethodInfo>().First().DeclaringType!.Namespace!.Split('.');
        return parts is ["Hawser", "Recording", ..] ? "Recordings"
            : parts.Contains("SignIn") ? "SignIn" : parts.Length > 2 ? parts[2] : parts[^1];
    }

    private static void Sort(JsonObject parent, string name)
    {
        var members = ((JsonObject)parent[name]!).OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        parent[name] = new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
    }

    /// <summary>Slices differ in how names are spelled; each type keeps the spelling of its own context.</summary>
    private sealed class OwnNames(JsonSerializerContext context) : IJsonTypeInfoResolver
    {
        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options)
        {
            var made = ((IJsonTypeInfoResolver)context).GetTypeInfo(type, options);
            if (made is not { Kind: JsonTypeInfoKind.Object }) return made;
            var own = context.GetTypeInfo(type)!;
            for (var i = 0; i < own.Properties.Count; i++) made.Properties[i].Name = own.Properties[i].Name;
            return made;
        }
    }

    private sealed class Here : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Production";

        public string ApplicationName { get; set; } = "Hawser";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
