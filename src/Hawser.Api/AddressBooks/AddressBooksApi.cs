using System.Text.Json.Serialization;
using Hawser.Api.AddressBooks.Admin;
using Hawser.Api.AddressBooks.Books;
using Hawser.Api.AddressBooks.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        services.AddSingleton<EntryFilter>();
        services.AddSingleton<EntryDesk>();
        services.AddSingleton<TagDesk>();
        services.AddSingleton<LegacyBook>();
        services.AddSingleton<BookDesk>();
        EntryJobDesk.Add(services);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapBooks(routes);
        MapEntries(routes);
        MapTags(routes);
        routes.MapGet("/api/ab", LegacyReadEndpoint.HandleAsync).ToRead()
            .WithSummary("The old single address book.").Answers<LegacyBookObject>();
        routes.MapPost("/api/ab/get", LegacyReadEndpoint.HandleAsync).ToRead()
            .WithSummary("The old single address book, of the oldest clients.").ReadsNothing()
            .Answers<LegacyBookObject>();
        routes.MapPost("/api/ab", LegacyWriteEndpoint.HandleAsync).ToWrite()
            .WithSummary("Replaces the old single address book; merged into the personal one.")
            .Reads<LegacyBookObject>(LegacyWriteEndpoint.Example).AnswersNothing().OrError();
        BooksAdmin.Map(routes);
        RulesAdmin.Map(routes);
        BinAdmin.Map(routes);
        AllBooksAdmin.Map(routes);
        BooksList.Map(routes);
        EntriesList.Map(routes);
        EntriesMany.Map(routes);
        EntriesBulk.Map(routes);
        TagsList.Map(routes);
        TagsMerge.Map(routes);
    }

    private static void MapBooks(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/ab/personal", Reading, PersonalEndpoint.HandleAsync).ToRead()
            .WithSummary("Which address book is the caller's own.").ReadsNothing().Answers<PersonalReply>();
        routes.MapMethods("/api/ab/settings", Reading, SettingsEndpoint.Handle).ToRead()
            .WithSummary("How many devices an address book may hold.").ReadsNothing().Answers<SettingsReply>();
        routes.MapMethods("/api/ab/shared/profiles", Reading, ProfilesEndpoint.HandleAsync).ToRead()
            .WithSummary("The shared address books that the caller may read.").ReadsNothing()
            .Query("name", "Only books of this name; % is any text.").Answers<Page<Profile>>();
    }

    private static void MapEntries(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/ab/peers", Reading, EntriesEndpoint.HandleAsync).ToRead()
            .WithSummary("The devices of an address book.").ReadsNothing().Query("ab", "The book.")
            .Query("id", "Only this id; % is any text.").Query("alias", "Only this alias; % is any text.")
            .Answers<Page<EntryItem>>();
        routes.MapPost("/api/ab/peer/add/{guid}", EntryAddEndpoint.HandleAsync).ToWrite()
            .WithSummary("Adds a device to an address book.").Reads<EntryBody>(EntryAddEndpoint.Example)
            .AnswersNothing().OrError();
        routes.MapPut("/api/ab/peer/update/{guid}", EntryUpdateEndpoint.HandleAsync).ToWrite()
            .WithSummary("Changes a device of an address book; what is missing stays.")
            .Reads<EntryBody>("""{"id":"482913377","alias":"Front desk"}""").AnswersNothing().OrError();
        routes.MapDelete("/api/ab/peer/{guid}", EntryDeleteEndpoint.HandleAsync).ToWrite()
            .WithSummary("Takes devices out of an address book.").Reads<IReadOnlyList<string>>("""["482913377"]""")
            .AnswersNothing();
    }

    private static void MapTags(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/ab/tags/{guid}", Reading, TagsEndpoint.HandleAsync).ToRead()
            .WithSummary("The tags of an address book.").ReadsNothing().Answers<IReadOnlyList<TagItem>>();
        routes.MapPost("/api/ab/tag/add/{guid}", TagAddEndpoint.HandleAsync).ToWrite()
            .WithSummary("Adds a tag.").Reads<TagBody>("""{"name":"office","color":4280391411}""")
            .AnswersNothing().OrError();
        routes.MapPut("/api/ab/tag/rename/{guid}", TagRenameEndpoint.HandleAsync).ToWrite()
            .WithSummary("Renames a tag, also on devices.").Reads<TagRenameBody>("""{"old":"office","new":"Office"}""")
            .AnswersNothing().OrError();
        routes.MapPut("/api/ab/tag/update/{guid}", TagUpdateEndpoint.HandleAsync).ToWrite()
            .WithSummary("Gives a tag another color.").Reads<TagBody>("""{"name":"office","color":4294198070}""")
            .AnswersNothing().OrError();
        routes.MapDelete("/api/ab/tag/{guid}", TagDeleteEndpoint.HandleAsync).ToWrite()
            .WithSummary("Removes tags, also from devices.").Reads<IReadOnlyList<string>>("""["office"]""")
            .AnswersNothing();
    }

    private static IEndpointConventionBuilder ToRead(this IEndpointConventionBuilder route) =>
        route.ForUsersOrScope(Area.AddressBook, write: false);

    private static IEndpointConventionBuilder ToWrite(this IEndpointConventionBuilder route) =>
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
