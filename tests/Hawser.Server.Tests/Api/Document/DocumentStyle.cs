using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hawser.Api.AddressBooks;
using Hawser.Api.Http;
using Hawser.Recording;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>What the framework can't know: who may call, how refusals look, queries, examples, comments.</summary>
internal sealed class DocumentStyle(XmlTexts texts)
{
    private const string Bearer = "bearer";
    private const string Refusal = "Refusal";
    private const string Json = "application/json";
    private readonly Dictionary<string, Type> _names = new(StringComparer.Ordinal);

    public void Apply(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = _ => true;
        options.CreateSchemaReferenceId = NameOf;
        options.AddOperationTransformer((operation, context, _) => Describe(operation, context));
        options.AddSchemaTransformer((schema, context, _) => Describe(schema, context));
        options.AddDocumentTransformer((document, _, _) => Describe(document));
    }

    private string? NameOf(JsonTypeInfo type)
    {
        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        if (name is null || type.Type == typeof(JsonElement) || type.Type == typeof(Stream)) return null;
        if (_names.TryAdd(name, type.Type) || Same(_names[name], type.Type)) return name;
        throw new InvalidOperationException(
            $"{type.Type} and {_names[name]} would both be called {name} in docs/openapi.json: rename one");
    }

    private static bool Same(Type one, Type other) =>
        (Nullable.GetUnderlyingType(one) ?? one) == (Nullable.GetUnderlyingType(other) ?? other);

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Hawser",
            Version = "1",
            Description = "What clients, scripts and the console call. Requests are JSON whatever their media type says; "
                + "unknown keys are ignored. Refusals are an object with an error text.",
        };
        document.Servers = [];
        document.Tags = document.Tags is { } tags ? new SortedSet<OpenApiTag>(tags, Comparer<OpenApiTag>.Create(
            (a, b) => string.CompareOrdinal(a.Name, b.Name))) : null;
        var components = document.Components ??= new OpenApiComponents();
        components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token of a login, or an API token made by \"hawser token add\".",
            },
        };
        components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        components.Schemas[Refusal] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Why nothing was done.",
            Required = new HashSet<string> { "error" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["error"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A sentence for people." },
            },
        };
        components.Responses = new Dictionary<string, IOpenApiResponse>
        {
            [Refusal] = new OpenApiResponse { Description = "Refused; the text says why.", Content = RefusalContent(document) },
        };
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var description = context.Description;
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var method = description.HttpMethod!.ToLowerInvariant();
        operation.OperationId = method + OperationName(description.RelativePath ?? "");
        operation.Description = Access(operation, metadata, context.Document!);
        var head = method == "head";
        Queries(operation, metadata);
        if (operation.RequestBody is OpenApiRequestBody body)
        {
            if (metadata.OfType<RouteDescriptions.BodyExample>().LastOrDefault() is { } example)
            {
                body.Content![Json].Example = JsonNode.Parse(example.Json);
            }
        }

        // What scripts call refuses as clients are refused.
        var refuses = metadata.OfType<RouteDescriptions.RefusesWithOk>().Any()
            || metadata.OfType<MethodInfo>().First().DeclaringType!.Namespace!.EndsWith(".Admin", StringComparison.Ordinal);
        foreach (var (status, answer) in operation.Responses!)
        {
            if (answer is not OpenApiResponse response) continue;
            if (head) response.Content = null;
            response.Description = Sentence(status, response);
            if (status == "200" && refuses) AddRefusal(response, context.Document!);
        }

        var own = operation.Responses.Any(r => r.Key[0] == '4' && r.Value.Content?.Keys.Any(k => k != "text/html") == true);
        if (!own && !head) operation.Responses["4XX"] = new OpenApiResponseReference(Refusal, context.Document);
        return Task.CompletedTask;
    }

    private static Dictionary<string, OpenApiMediaType> RefusalContent(OpenApiDocument document) => new()
    {
        [Json] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Refusal, document) },
    };

    private static void AddRefusal(OpenApiResponse response, OpenApiDocument document)
    {
        var done = response.Content is { } content && content.TryGetValue(Json, out var media) ? media.Schema : null;
        response.Description = done is null
            ? "Nothing at all: it is done. An error text: it is refused." : "The answer; or an error text: it is refused.";
        response.Content = RefusalContent(document)!;
        if (done is null) return;
        response.Content[Json].Schema = new OpenApiSchema { AnyOf = [done, new OpenApiSchemaReference(Refusal, document)] };
    }

    private static string Sentence(string status, OpenApiResponse response) => status switch
    {
        "101" => "The WebSocket begins.",
        "200" => response.Content is { Count: > 0 } ? "The answer." : "Done; there is no body.",
        "303" => "Go on at another page.",
        "403" => "Not in this browser.",
        "410" => "It was too late, or never begun.",
        "502" => "The provider can't be reached.",
        _ => response.Description is { Length: > 0 } said ? said : "HTTP " + status,
    };

    private static string Access(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        var own = metadata.OfType<RouteTexts.Access>().LastOrDefault();
        if (own is null && metadata.OfType<IAllowAnonymous>().Any()) return "For anybody.";
        if (own?.Text.StartsWith("For anybody", StringComparison.Ordinal) == true) return own.Text;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        if (own is not null) return own.Text;
        var need = metadata.OfType<AuthorizationPolicy>().SelectMany(p => p.Requirements).OfType<Policies.Need>().Single();
        var who = need.Admin ? "For administrators" : "For users who are logged in";
        if (need.Area is not { } area) return who + ".";
        var scope = string.Concat(area.ToString().Select((c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));
        return $"{who}, and for API tokens with the scope {scope}:{(need.Write ? "rw" : "r")}.";
    }

    private static void Queries(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Parameters ??= [];
        foreach (var key in metadata.OfType<IFromQueryMetadata>().Where(k => k is IEndpointDescriptionMetadata))
        {
            Query(operation, key.Name!, ((IEndpointDescriptionMetadata)key).Description, JsonSchemaType.String);
        }

        var handler = metadata.OfType<MethodInfo>().First();
        if (handler.GetParameters().All(p => p.ParameterType != typeof(PageQuery))) return;
        Query(operation, "current", "The page, from 1.", JsonSchemaType.Integer);
        Query(operation, "pageSize", "Items on a page, at most 1000; 100 when it is missing.", JsonSchemaType.Integer);
    }

    private static void Query(OpenApiOperation operation, string name, string about, JsonSchemaType type) =>
        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = name, In = ParameterLocation.Query, Description = about, Schema = new OpenApiSchema { Type = type },
        });

    private Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonPropertyInfo is { } property)
        {
            if (property.CustomConverter is LooseText)
            {
                schema.Type = JsonSchemaType.String | JsonSchemaType.Integer | JsonSchemaType.Boolean | JsonSchemaType.Null;
            }

            if (property.AttributeProvider is MemberInfo member && texts.Of(member) is { } about) schema.Description = about;
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && texts.Of(context.JsonTypeInfo.Type) is { } what)
        {
            schema.Description = what;
        }

        // What is null is left out, also when its record has a constructor that wants it.
        foreach (var member in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable)) schema.Required?.Remove(member.Name);
        return Task.CompletedTask;
    }

    // api/ab/peer/add/{guid} becomes ApiAbPeerAddGuid.
    private static string OperationName(string path) => string.Concat(path
        .Split(['/', '-', '_', '{', '}', '*', '.'], StringSplitOptions.RemoveEmptyEntries)
        .Select(w => char.ToUpper(w[0], CultureInfo.InvariantCulture) + w[1..]));
}
