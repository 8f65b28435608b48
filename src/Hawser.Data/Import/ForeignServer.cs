using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Data.Access;
using Hawser.Data.Accounts;

namespace Hawser.Data.Import;

/// <summary>
/// What another server knows of people, address books and its fleet, in our words: whoever read it, one import takes
/// it over. People, groups and strategies are named; what names nothing that is known is passed over.
/// </summary>
public sealed record ForeignServer
{
    /// <summary>Its user groups.</summary>
    public List<ForeignGroup> UserGroups { get; init; } = [];

    /// <summary>Its users.</summary>
    public List<ForeignUser> Users { get; init; } = [];

    /// <summary>Its address books.</summary>
    public List<ForeignBook> Books { get; init; } = [];

    /// <summary>Their tags.</summary>
    public List<ForeignTag> Tags { get; init; } = [];

    /// <summary>Their entries.</summary>
    public List<ForeignEntry> Entries { get; init; } = [];

    /// <summary>For whom they are.</summary>
    public List<ForeignShare> Shares { get; init; } = [];

    /// <summary>Its strategies.</summary>
    public List<ForeignStrategy> Strategies { get; init; } = [];

    /// <summary>Its device groups.</summary>
    public List<ForeignGroup> DeviceGroups { get; init; } = [];

    /// <summary>Who may reach what.</summary>
    public List<ForeignRule> Rules { get; init; } = [];

    /// <summary>Its devices.</summary>
    public List<ForeignDevice> Devices { get; init; } = [];

    /// <summary>What was passed over while it was read, each a sentence.</summary>
    public List<string> Notes { get; init; } = [];

    /// <summary>Writes it to a stream.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is written.</returns>
    public Task WriteAsync(Stream to, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(to, this, ForeignJson.Default.ForeignServer, cancellationToken);

    /// <summary>Reads what was written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>It.</returns>
    /// <exception cref="StoreException">It can't be read, or is something else.</exception>
    public static async Task<ForeignServer> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var stream = File.OpenRead(file);
            await using var _ = stream.ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(stream, ForeignJson.Default.ForeignServer, cancellationToken)
                .ConfigureAwait(false) ?? throw new JsonException("It is null.");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new StoreException(StoreFault.NotADatabase, "What was read of the other server is damaged.", e);
        }
    }
}

/// <summary>A group of users or of devices.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Note">Its note.</param>
/// <param name="Strategy">The strategy of its devices; empty: none, or a group of users.</param>
public sealed record ForeignGroup(string Name, string Note = "", string Strategy = "");

/// <summary>A user; passwords stay behind.</summary>
public sealed record ForeignUser
{
    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name that is shown.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The address.</summary>
    public string Email { get; init; } = "";

    /// <summary>A note.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether they may sign in.</summary>
    public UserStatus Status { get; init; }

    /// <summary>Whether it is an administrator.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>The group; one that is not known is the default one.</summary>
    public string Group { get; init; } = "";

    /// <summary>The strategy of their devices; empty: none.</summary>
    public string Strategy { get; init; } = "";

    /// <summary>The control role; empty: the default one.</summary>
    public string ControlRole { get; init; } = "";

    /// <summary>When it was made, UTC; null: not known.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>An address book.</summary>
/// <param name="Key">What its entries, tags and shares name it by.</param>
/// <param name="Owner">The user whose it is.</param>
/// <param name="Name">Its name; a personal one has none.</param>
/// <param name="IsPersonal">Whether nobody else sees it.</param>
public sealed record ForeignBook(string Key, string Owner, string Name, bool IsPersonal)
{
    /// <summary>Its note.</summary>
    public string Note { get; init; } = "";

    /// <summary>Its password, encrypted as address books keep it; empty: none.</summary>
    public string Password { get; init; } = "";

    /// <summary>When it was made, UTC; null: not known.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>A tag of an address book.</summary>
/// <param name="Book">The book.</param>
/// <param name="Name">The tag.</param>
/// <param name="Color">Its colour, ARGB.</param>
public sealed record ForeignTag(string Book, string Name, long Color);

/// <summary>An entry of an address book.</summary>
public sealed record ForeignEntry
{
    /// <summary>The book.</summary>
    public string Book { get; init; } = "";

    /// <summary>The device's id, or an address.</summary>
    public string Id { get; init; } = "";

    /// <summary>What the book calls it.</summary>
    public string Alias { get; init; } = "";

    /// <summary>A note.</summary>
    public string Note { get; init; } = "";

    /// <summary>Its OS user.</summary>
    public string Username { get; init; } = "";

    /// <summary>Its host name.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Its system.</summary>
    public string Platform { get; init; } = "";

    /// <summary>Its tags.</summary>
    public List<string> Tags { get; init; } = [];

    /// <summary>The hash of a password, encrypted as personal books keep it.</summary>
    public string Hash { get; init; } = "";

    /// <summary>A password, encrypted as shared books keep it.</summary>
    public string Password { get; init; } = "";

    /// <summary>Whether it is always relayed.</summary>
    public bool ForceAlwaysRelay { get; init; }

    /// <summary>The port of RDP.</summary>
    public string RdpPort { get; init; } = "";

    /// <summary>The user of RDP.</summary>
    public string RdpUsername { get; init; } = "";

    /// <summary>Who was signed in.</summary>
    public string LoginName { get; init; } = "";

    /// <summary>When it was made, UTC; null: not known.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>A share of an address book; with neither user nor group: everybody.</summary>
/// <param name="Book">The book.</param>
/// <param name="User">The user.</param>
/// <param name="Group">The user group.</param>
/// <param name="Rule">1 read, 2 write, 3 all.</param>
public sealed record ForeignShare(string Book, string User, string Group, int Rule);

/// <summary>A strategy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Note">Its note.</param>
/// <param name="Enabled">Whether it counts.</param>
/// <param name="Options">Its options, as strategies keep them.</param>
public sealed record ForeignStrategy(string Name, string Note, bool Enabled, string Options);

/// <summary>Somebody may reach something.</summary>
/// <param name="From">User or user group.</param>
/// <param name="FromName">Which.</param>
/// <param name="To">The devices of a user group's people, or a device group.</param>
/// <param name="ToName">Which.</param>
public sealed record ForeignRule(AccessSubject From, string FromName, AccessTarget To, string ToName);

/// <summary>What is known of a device; its key stays behind.</summary>
/// <param name="Id">Its id.</param>
public sealed record ForeignDevice(string Id)
{
    /// <summary>Whose it is; empty: nobody's.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Its group; empty: none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Its own strategy; empty: none.</summary>
    public string Strategy { get; init; } = "";

    /// <summary>Its note.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether it may not be reached.</summary>
    public bool IsDisabled { get; init; }
}

/// <summary>How it is kept between a trial and the work.</summary>
[JsonSerializable(typeof(ForeignServer))]
internal sealed partial class ForeignJson : JsonSerializerContext;
