using System.Text.Json.Serialization;
using Hawser.Api.AddressBooks.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.AddressBooks;

/// <summary>Address books (reference §6): personal, shared, and the old single one.</summary>
internal static class AddressBooksApi
{
    // Clients read with POST, the vendor's scripts with GET.
    private static readonly string[] Reading = ["POST", "GET"];

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AddressBookRules>();
        services.AddSingleton<BookGates>();
        services.AddSingleton<BookReader>();
        services.AddSingleton<EntryDesk>();
        services.AddSingleton<TagDesk>();
        services.AddSingleton<LegacyBook>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/ab/personal", Reading, PersonalEndpoint.HandleAsync).ToRead();
        routes.MapMethods("/api/ab/settings", Reading, SettingsEndpoint.Handle).ToRead();
        routes.MapMethods("/api/ab/shared/profiles", Reading, ProfilesEndpoint.HandleAsync).ToRead();
        routes.MapMethods("/api/ab/peers", Reading, EntriesEndpoint.HandleAsync).ToRead();
        routes.MapMethods("/api/ab/tags/{guid}", Reading, TagsEndpoint.HandleAsync).ToRead();
        routes.MapPost("/api/ab/peer/add/{guid}", EntryAddEndpoint.HandleAsync).ToWrite();
        routes.MapPut("/api/ab/peer/update/{guid}", EntryUpdateEndpoint.HandleAsync).ToWrite();
        routes.MapDelete("/api/ab/peer/{guid}", EntryDeleteEndpoint.HandleAsync).ToWrite();
        routes.MapPost("/api/ab/tag/add/{guid}", TagAddEndpoint.HandleAsync).ToWrite();
        routes.MapPut("/api/ab/tag/rename/{guid}", TagRenameEndpoint.HandleAsync).ToWrite();
        routes.MapPut("/api/ab/tag/update/{guid}", TagUpdateEndpoint.HandleAsync).ToWrite();
        routes.MapDelete("/api/ab/tag/{guid}", TagDeleteEndpoint.HandleAsync).ToWrite();
        routes.MapGet("/api/ab", LegacyReadEndpoint.HandleAsync).ToRead();
        routes.MapPost("/api/ab", LegacyWriteEndpoint.HandleAsync).ToWrite();
        routes.MapPost("/api/ab/get", LegacyReadEndpoint.HandleAsync).ToRead();
    }

    private static void ToRead(this IEndpointConventionBuilder route) =>
        route.ForUsersOrScope(Area.AddressBook, write: false);

    private static void ToWrite(this IEndpointConventionBuilder route) =>
        route.ForUsersOrScope(Area.AddressBook, write: true);
}

/// <summary>What this slice reads and writes.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PersonalReply))]
[JsonSerializable(typeof(SettingsReply))]
[JsonSerializable(typeof(Page<Profile>))]
[JsonSerializable(typeof(Page<EntryItem>))]
[JsonSerializable(typeof(IReadOnlyList<TagItem>))]
[JsonSerializable(typeof(EntryBody))]
[JsonSerializable(typeof(TagBody))]
[JsonSerializable(typeof(TagRenameBody))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class AddressBooksJson : JsonSerializerContext;
