using System.Text.Json.Serialization;
using Hawser.Data.Import;

namespace Hawser.Api.Imports;

/// <summary>Where files of other servers can lie on this node, and those that do.</summary>
/// <param name="Root">The folder.</param>
/// <param name="Folders">Folders with something in them.</param>
internal sealed record ImportPlaces(string Root, IReadOnlyList<ImportPlace> Folders);

/// <summary>A folder with files of another server.</summary>
/// <param name="Name">Its name; a dot: the import folder itself.</param>
/// <param name="Files">What is known of what is in it.</param>
internal sealed record ImportPlace(string Name, IReadOnlyList<string> Files);

/// <summary>A file that was taken in.</summary>
/// <param name="Upload">What it belongs to.</param>
/// <param name="Name">What it is.</param>
/// <param name="Size">In bytes.</param>
internal sealed record ImportUpload(string Upload, string Name, long Size);

/// <summary>An import that is to be tried, or begun.</summary>
internal sealed record ImportWish
{
    internal const string Example = """{"kind":"hbbs","folder":"old"}""";

    /// <summary>hbbs; rustdesk_api: the database of lejianwen's server; pro_api: what was read of a Pro
    /// server.</summary>
    public string? Kind { get; init; }

    /// <summary>A folder within the import folder; or</summary>
    public string? Folder { get; init; }

    /// <summary>files that were taken in.</summary>
    public string? Upload { get; init; }

    /// <summary>What the trial of the same answered; without it nothing is begun.</summary>
    public string? Trial { get; init; }

    /// <summary>The key pair of the old server takes the place of this one's, at the next start.</summary>
    public bool? TakeKey { get; init; }
}

/// <summary>A Pro server, or another Hawser, that is to be read.</summary>
internal sealed record ProWish
{
    internal const string Example =
        """{"url":"https://rustdesk.example.com","token":"rapi_…","plain_http":false}""";

    /// <summary>Where it is; https where it does not say.</summary>
    public string? Url { get; init; }

    /// <summary>An API token of an administrator there. It is not stored.</summary>
    public string? Token { get; init; }

    /// <summary>By http, where others can read the token and all else.</summary>
    public bool? PlainHttp { get; init; }
}

/// <summary>What came of reading a server: the result of the job.</summary>
/// <param name="Upload">What a trial is asked for with.</param>
/// <param name="Fault">A word for what went wrong; empty: nothing.</param>
internal sealed record ProReading(string Upload, string Fault);

/// <summary>What an import would do.</summary>
/// <param name="Trial">To be sent with the beginning; holds for an hour, and for these files as they are.</param>
/// <param name="Counts">What would be done.</param>
/// <param name="Key">How the key pair of the old server is to this one's.</param>
internal sealed record ImportTrial(string Trial, ImportCounts Counts, ImportKey Key);

/// <summary>The old server's key pair.</summary>
/// <param name="State">none, same, other, or broken: there is a file that can't sign.</param>
/// <param name="PublicKey">The old one.</param>
/// <param name="OwnKey">This server's.</param>
/// <param name="CanTake">Whether it can take the place of this one's from here.</param>
internal sealed record ImportKey(string State, string PublicKey, string OwnKey, bool CanTake);

/// <summary>What an import did, or would do.</summary>
internal sealed record ImportCounts
{
    /// <summary>Devices of the old server.</summary>
    public int Devices { get; init; }

    /// <summary>New devices.</summary>
    public int NewDevices { get; init; }

    /// <summary>Devices that are here already and stay as they are.</summary>
    public int KeptDevices { get; init; }

    /// <summary>Of those: another machine has the id here.</summary>
    public int Conflicts { get; init; }

    /// <summary>Rows that are no devices.</summary>
    public int Skipped { get; init; }

    /// <summary>New users.</summary>
    public int Users { get; init; }

    /// <summary>Users whose name is here already; they stay as they are.</summary>
    public int KeptUsers { get; init; }

    /// <summary>New user groups.</summary>
    public int Groups { get; init; }

    /// <summary>New shared address books.</summary>
    public int Books { get; init; }

    /// <summary>New entries of address books.</summary>
    public int Entries { get; init; }

    /// <summary>New tags.</summary>
    public int Tags { get; init; }

    /// <summary>New shares of address books.</summary>
    public int Shares { get; init; }

    /// <summary>New strategies.</summary>
    public int Strategies { get; init; }

    /// <summary>New device groups.</summary>
    public int DeviceGroups { get; init; }

    /// <summary>New rules of who may reach what.</summary>
    public int Rules { get; init; }

    /// <summary>Devices that are here and get an owner, a group, a strategy or a note.</summary>
    public int AssignedDevices { get; init; }

    /// <summary>Devices of the other server that are not here.</summary>
    public int MissingDevices { get; init; }

    /// <summary>The first ids, or names, that are here already as somebody else's.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The first sentences about what was passed over.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Of devices.</summary>
    public static ImportCounts Of(ImportReport report) => new()
    {
        Devices = report.Read, NewDevices = report.Added, KeptDevices = report.Kept, Conflicts = report.Conflicts,
        Skipped = report.Skipped, Names = report.ConflictIds, Notes = report.Warnings,
    };

    /// <summary>Of accounts and address books.</summary>
    public static ImportCounts Of(AccountImportReport report) => new()
    {
        Users = report.Users, KeptUsers = report.KeptUsers, Groups = report.Groups, Books = report.Books,
        Entries = report.Entries, Tags = report.Tags, Shares = report.Shares, Names = report.KeptNames,
        Notes = report.Notes, Strategies = report.Strategies, DeviceGroups = report.DeviceGroups,
        Rules = report.Rules, Devices = report.Devices, AssignedDevices = report.AssignedDevices.Count,
        MissingDevices = report.MissingDevices,
        KeptDevices = report.Devices - report.MissingDevices - report.AssignedDevices.Count,
    };
}

/// <summary>What this slice reads and writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImportPlaces))]
[JsonSerializable(typeof(ImportUpload))]
[JsonSerializable(typeof(ImportWish))]
[JsonSerializable(typeof(ProWish))]
[JsonSerializable(typeof(ProReading))]
[JsonSerializable(typeof(ImportTrial))]
[JsonSerializable(typeof(ImportCounts))]
internal sealed partial class ImportsJson : JsonSerializerContext;
