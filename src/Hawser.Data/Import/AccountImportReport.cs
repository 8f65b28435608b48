namespace Hawser.Data.Import;

/// <summary>What was taken of another server's people, address books and fleet, and what was not.</summary>
public sealed class AccountImportReport
{
    private readonly List<string> _notes = [];
    private readonly List<string> _keptNames = [];
    private readonly List<string> _assigned = [];

    /// <summary>User groups that are new.</summary>
    public int Groups { get; internal set; }

    /// <summary>Users that are new.</summary>
    public int Users { get; internal set; }

    /// <summary>Users that were here and stayed as they are.</summary>
    public int KeptUsers { get; internal set; }

    /// <summary>The first names of those.</summary>
    public IReadOnlyList<string> KeptNames => _keptNames;

    /// <summary>Shared address books that are new.</summary>
    public int Books { get; internal set; }

    /// <summary>Entries of address books that are new.</summary>
    public int Entries { get; internal set; }

    /// <summary>Tags that are new.</summary>
    public int Tags { get; internal set; }

    /// <summary>Shares of address books that are new.</summary>
    public int Shares { get; internal set; }

    /// <summary>Strategies that are new.</summary>
    public int Strategies { get; internal set; }

    /// <summary>Device groups that are new.</summary>
    public int DeviceGroups { get; internal set; }

    /// <summary>Rules of who may reach what that are new.</summary>
    public int Rules { get; internal set; }

    /// <summary>Devices of the other server.</summary>
    public int Devices { get; internal set; }

    /// <summary>Of those: not here, so that nothing can be given to them.</summary>
    public int MissingDevices { get; internal set; }

    /// <summary>Of those: the ids of which got an owner, a group, a strategy or a note.</summary>
    public IReadOnlyList<string> AssignedDevices => _assigned;

    /// <summary>What was skipped and what is left to do, each a sentence.</summary>
    public IReadOnlyList<string> Notes => _notes;

    internal void Keep(string name)
    {
        KeptUsers++;
        if (_keptNames.Count < ImportReport.MaxConflicts) _keptNames.Add(HbbsPeerRules.Printable(name));
    }

    internal void Assign(string device) => _assigned.Add(device);

    internal void Note(string sentence)
    {
        if (_notes.Count < ImportReport.MaxWarnings) _notes.Add(sentence);
    }
}
