using Hawser.Data;
using Hawser.Data.Recordings;

namespace Hawser.Recording.Library;

/// <summary>What somebody may do with recordings (reference §4.8).</summary>
[Flags]
internal enum RecordRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Start, send chunks, stop: own ids only.</summary>
    Record = 1,

    /// <summary>Status, download, poster of the own recordings.</summary>
    View = 2,

    /// <summary>List and delete the own recordings.</summary>
    Manage = 4,

    /// <summary>View and Manage hold for everybody's recordings.</summary>
    Everybodys = 8,
}

/// <summary>Who asks. Whoever asks over a network was told apart before.</summary>
/// <param name="Owner">
/// The principal whose recordings these are: <c>account:…</c>, <c>device:…</c> or <c>anonymous</c>; at most 64
/// characters.
/// </param>
/// <param name="Rights">What it may do.</param>
internal sealed record RecordCaller(string Owner, RecordRights Rights)
{
    /// <summary>Everybody without credentials is one principal.</summary>
    public const string AnonymousOwner = "anonymous";

    /// <summary>The account; null: none.</summary>
    public Guid? Account { get; init; }

    /// <summary>
    /// The devices whose recordings it may view (false), or change and delete as well (true), whoever made them; null:
    /// none. A set, so that the database narrows lists by it.
    /// </summary>
    public Func<HawserDb, bool, IQueryable<Guid>>? Devices { get; init; }

    /// <summary>Nobody in particular: records, and sees what nobody in particular recorded.</summary>
    public static RecordCaller Anonymous { get; } =
        new(AnonymousOwner, RecordRights.Record | RecordRights.View | RecordRights.Manage);

    /// <summary>For signed links: whoever holds one may view the recording it names.</summary>
    public static RecordCaller Link { get; } = new("link", RecordRights.View | RecordRights.Everybodys);

    /// <summary>An account's owner of recordings.</summary>
    public static RecordCaller OfAccount(Guid account, RecordRights rights) =>
        new(RecordingRow.OwnerOf(account), rights) { Account = account };

    /// <summary>A device's owner of recordings.</summary>
    public static RecordCaller OfDevice(Guid device, RecordRights rights) => new($"device:{device:N}", rights);

    /// <summary>Whether it has a right over an owner's recordings.</summary>
    public bool May(RecordRights right, string owner) =>
        (Rights & right) == right
        && (owner == Owner
            || (right != RecordRights.Record && (Rights & RecordRights.Everybodys) != RecordRights.None));
}
