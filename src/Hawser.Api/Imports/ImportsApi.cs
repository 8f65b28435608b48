using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Imports;

/// <summary>
/// <c>/api/console/imports</c>: what <c>hawser import</c> does, while the server runs. It makes accounts,
/// administrators among them, so that no token does it, only an administrator in person. Ours.
/// </summary>
internal static class ImportsApi
{
    private const string Root = "/api/console/imports";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ImportFolder>();
        services.AddSingleton<ImportTrials>();
        services.AddSingleton<JobKind, HbbsImportJob>();
        services.AddSingleton<JobKind, RustDeskApiImportJob>();
        services.AddSingleton<ProReadings>();
        services.AddSingleton<JobKind, ProReadJob>();
        services.AddSingleton<JobKind, ProImportJob>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root, List).ForAdminsInPerson()
            .WithSummary("Folders of other servers that lie in the import folder of this node.")
            .Answers<ImportPlaces>();
        routes.MapPost(Root + "/files", ImportUploads.TakeAsync).ForAdminsInPerson()
            .WithSummary("Takes in one file of another server; kept privately for a day at most.")
            .Query("name", "db_v2.sqlite3, id_ed25519 or rustdeskapi.db; a database's -wal too.")
            .Query("upload", "The upload that it belongs to; left out: another one.")
            .ReadsBytes().Answers<ImportUpload>();
        routes.MapPost(Root + "/readings", ProReadings.StartAsync).ForAdminsInPerson()
            .WithSummary("Reads a Pro server, or another Hawser, by an API token, as a job; changes nothing here.")
            .Reads<ProWish>(ProWish.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
        routes.MapPost(Root + "/trial", ImportTrials.TryAsync).ForAdminsInPerson()
            .WithSummary("Says what an import would do; changes nothing.")
            .Reads<ImportWish>(ImportWish.Example).Answers<ImportTrial>();
        routes.MapPost(Root, ImportTrials.StartAsync).AfterStepUp().ForAdminsInPerson()
            .WithSummary("Begins an import that was tried, as a job; may be repeated: what is here stays as it is.")
            .Reads<ImportWish>(ImportWish.Example).Answers<JobItem>(StatusCodes.Status202Accepted);
    }

    private static IResult List(ImportFolder folder) => ClientResults.Json(
        new ImportPlaces(folder.Root, folder.Places()), ImportsJson.Default.ImportPlaces);
}
