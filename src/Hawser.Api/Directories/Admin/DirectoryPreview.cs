using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Directories.Wire;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Directories.Admin;

/// <summary>
/// <c>POST /api/directory/preview</c>: what synchronising with a directory would do, with what is stored or with what
/// is about to be. Nothing is changed. Ours.
/// </summary>
internal static class DirectoryPreview
{
    // Reading everybody takes longer than a test; who waits for it sits at a page.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/directory/preview", HandleAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("Says whom synchronising with a directory would make, take over and disable; changes nothing.")
            .Reads<DirectoryTestBody>(DirectoryTestBody.Example).Answers<DirectoryPreviewReply>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, SettingsStore settings, DirectorySync sync, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DirectoryTestJson.Default.DirectoryTestBody, 1 << 18);
        if (body is null) return error!;
        var (wanted, complaint, field) = DirectoryTest.Wanted(
            body.Settings, DirectorySettings.Key.Read(settings));
        if (wanted is null) return Problem.Invalid(complaint, field);
        log.Add(db, context, ConsoleOperation.TestDirectory, string.Join(' ', wanted.Urls), ("preview", "sync"));
        await db.SaveChangesAsync(cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var clock = new CancellationTokenSource(Deadline, time);
        await using var ended = clock.Token.Register(deadline.Cancel);
        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(await TryAsync(), DirectoryPreviewJson.Default.DirectoryPreviewReply);

        async Task<DirectoryPreviewReply> TryAsync()
        {
            try
            {
                return DirectoryPreviewReply.Of(await sync.RunAsync(wanted, isTrial: true, deadline.Token));
            }
            catch (LdapFault e)
            {
                return new DirectoryPreviewReply { Complaint = e.Message };
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new DirectoryPreviewReply { Complaint = "The directory was not read within 60 seconds." };
            }
        }
    }
}

/// <summary>What synchronising would do.</summary>
internal sealed record DirectoryPreviewReply
{
    /// <summary>Whether it could be found out, and nothing would be held back.</summary>
    public bool Ok => Complaint.Length == 0;

    /// <summary>Why it could not, or what would be held back.</summary>
    public string Complaint { get; init; } = "";

    /// <summary>Entries that the search found.</summary>
    public int Read { get; init; }

    /// <summary>People whom the directory or the settings shut out.</summary>
    public int Refused { get; init; }

    /// <summary>Accounts that would be made.</summary>
    public int Created { get; init; }

    /// <summary>Accounts that are there and would be theirs from then on.</summary>
    public int Linked { get; init; }

    /// <summary>People who would stay without an account.</summary>
    public int Left { get; init; }

    /// <summary>Accounts that would be disabled.</summary>
    public int Disabled { get; init; }

    /// <summary>The first names of those who would be made.</summary>
    public IReadOnlyList<string> CreatedNames { get; init; } = [];

    /// <summary>The first names of those who would be disabled.</summary>
    public IReadOnlyList<string> DisabledNames { get; init; } = [];

    public static DirectoryPreviewReply Of(SyncReport report) => new()
    {
        Complaint = report.Complaint, Read = report.Read, Refused = report.Refused, Created = report.Created,
        Linked = report.Linked, Left = report.Left, Disabled = report.Disabled, CreatedNames = report.CreatedNames,
        DisabledNames = [.. report.DisabledNames],
    };
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DirectoryPreviewReply))]
internal sealed partial class DirectoryPreviewJson : JsonSerializerContext;
