using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Activity;
using Hawser.Data.AddressBooks;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Jobs;
using Hawser.Data.Leases;
using Hawser.Data.Nodes;
using Hawser.Data.Notifications;
using Hawser.Data.Recordings;
using Hawser.Data.Settings;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Hawser.Data;

/// <summary>
/// Everything that survives a restart, for whoever queries or edits it. Abstract only because each engine has
/// migrations of its own; the model is one.
/// </summary>
public abstract class HawserDb : DbContext
{
    /// <summary>A context.</summary>
    /// <param name="options">Engine and connection.</param>
    protected HawserDb(DbContextOptions options)
        : base(options)
    {
    }

    /// <summary>
    /// Lets one transaction at a time, on whichever node, look whether another administrator is left and take one
    /// away; called within the transaction and before the look. Of two that look at the same moment each would count
    /// on the one that the other takes.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task HoldAdministratorsAsync(CancellationToken cancellationToken);

    /// <summary>The devices.</summary>
    public DbSet<Device> Devices => Set<Device>();

    /// <summary>Tombstones of ids that were given up.</summary>
    public DbSet<RetiredId> RetiredIds => Set<RetiredId>();

    /// <summary>The users.</summary>
    public DbSet<User> Users => Set<User>();

    /// <summary>The rows of access tokens.</summary>
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();

    /// <summary>The rows of login challenges.</summary>
    public DbSet<LoginChallenge> LoginChallenges => Set<LoginChallenge>();

    /// <summary>The rows of trusted devices.</summary>
    public DbSet<TrustedDevice> TrustedDevices => Set<TrustedDevice>();

    /// <summary>The rows of passkeys.</summary>
    public DbSet<Passkey> Passkeys => Set<Passkey>();

    /// <summary>The rows of external logins.</summary>
    public DbSet<ExternalLogin> ExternalLogins => Set<ExternalLogin>();

    /// <summary>The rows of browser sign ins.</summary>
    public DbSet<BrowserSignIn> BrowserSignIns => Set<BrowserSignIn>();

    /// <summary>The rows of admin roles.</summary>
    public DbSet<AdminRole> AdminRoles => Set<AdminRole>();

    /// <summary>Who holds them.</summary>
    public DbSet<AdminRoleHolder> AdminRoleHolders => Set<AdminRoleHolder>();

    /// <summary>The user groups that they reach.</summary>
    public DbSet<AdminRoleUserGroup> AdminRoleUserGroups => Set<AdminRoleUserGroup>();

    /// <summary>The device groups that they reach.</summary>
    public DbSet<AdminRoleDeviceGroup> AdminRoleDeviceGroups => Set<AdminRoleDeviceGroup>();

    /// <summary>The rows of user groups.</summary>
    public DbSet<UserGroup> UserGroups => Set<UserGroup>();

    /// <summary>The rows of device groups.</summary>
    public DbSet<DeviceGroup> DeviceGroups => Set<DeviceGroup>();

    /// <summary>The rows of device group members.</summary>
    public DbSet<DeviceGroupMember> DeviceGroupMembers => Set<DeviceGroupMember>();

    /// <summary>The rows of control roles.</summary>
    public DbSet<ControlRole> ControlRoles => Set<ControlRole>();

    /// <summary>The rows of access rules.</summary>
    public DbSet<AccessRule> AccessRules => Set<AccessRule>();

    /// <summary>The stamps of changes.</summary>
    public DbSet<ChangeStamp> ChangeStamps => Set<ChangeStamp>();

    /// <summary>The rows of introductions.</summary>
    public DbSet<Introduction> Introductions => Set<Introduction>();

    /// <summary>The rows of device details.</summary>
    public DbSet<DeviceDetails> DeviceDetails => Set<DeviceDetails>();

    /// <summary>The rows of pending commands.</summary>
    public DbSet<PendingCommand> PendingCommands => Set<PendingCommand>();

    /// <summary>The rows of deployments.</summary>
    public DbSet<Deployment> Deployments => Set<Deployment>();

    /// <summary>Devices in the bin.</summary>
    public DbSet<DeletedDevice> DeletedDevices => Set<DeletedDevice>();

    /// <summary>Accounts in the bin.</summary>
    public DbSet<DeletedUser> DeletedUsers => Set<DeletedUser>();

    /// <summary>Machines that asked for an id and were refused.</summary>
    public DbSet<DeviceClaim> DeviceClaims => Set<DeviceClaim>();

    /// <summary>Grants to switch sides.</summary>
    public DbSet<SwitchGrantRow> SwitchGrants => Set<SwitchGrantRow>();

    /// <summary>The rows of strategies.</summary>
    public DbSet<Strategy> Strategies => Set<Strategy>();

    /// <summary>The rows of strategy assignments.</summary>
    public DbSet<StrategyAssignment> StrategyAssignments => Set<StrategyAssignment>();

    /// <summary>The rows of device strategy states.</summary>
    public DbSet<DeviceStrategyState> DeviceStrategyStates => Set<DeviceStrategyState>();

    /// <summary>Changes of strategies that reach devices ring by ring.</summary>
    public DbSet<StrategyRollout> StrategyRollouts => Set<StrategyRollout>();

    /// <summary>The devices that they reached.</summary>
    public DbSet<StrategyRolloutDevice> StrategyRolloutDevices => Set<StrategyRolloutDevice>();

    /// <summary>What the options of strategies were.</summary>
    public DbSet<StrategyVersion> StrategyVersions => Set<StrategyVersion>();

    /// <summary>The rows of address books.</summary>
    public DbSet<AddressBook> AddressBooks => Set<AddressBook>();

    /// <summary>The rows of address book entries.</summary>
    public DbSet<AddressBookEntry> AddressBookEntries => Set<AddressBookEntry>();

    /// <summary>The rows of address book tags.</summary>
    public DbSet<AddressBookTag> AddressBookTags => Set<AddressBookTag>();

    /// <summary>The rows of address book shares.</summary>
    public DbSet<AddressBookShare> AddressBookShares => Set<AddressBookShare>();

    /// <summary>The rows of connection audits.</summary>
    public DbSet<ConnectionAudit> ConnectionAudits => Set<ConnectionAudit>();

    /// <summary>The rows of file audits.</summary>
    public DbSet<FileAudit> FileAudits => Set<FileAudit>();

    /// <summary>The rows of alarm audits.</summary>
    public DbSet<AlarmAudit> AlarmAudits => Set<AlarmAudit>();

    /// <summary>Alarms that nobody wants to be told of.</summary>
    public DbSet<AlarmMute> AlarmMutes => Set<AlarmMute>();

    /// <summary>The rows of console audits.</summary>
    public DbSet<ConsoleAudit> ConsoleAudits => Set<ConsoleAudit>();

    /// <summary>The rows of audit nonces.</summary>
    public DbSet<AuditNonce> AuditNonces => Set<AuditNonce>();

    /// <summary>The rows of recordings.</summary>
    public DbSet<RecordingRow> Recordings => Set<RecordingRow>();

    /// <summary>The rows of chunks of recordings.</summary>
    public DbSet<RecordingChunk> RecordingChunks => Set<RecordingChunk>();

    /// <summary>The rows of recordings as MP4.</summary>
    public DbSet<RecordingCopy> RecordingCopies => Set<RecordingCopy>();

    /// <summary>The rows of settings.</summary>
    public DbSet<Setting> Settings => Set<Setting>();

    /// <summary>The rows of outbox.</summary>
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <summary>The rows of notification channels.</summary>
    public DbSet<NotificationChannel> NotificationChannels => Set<NotificationChannel>();

    /// <summary>Alarms that channels tell later.</summary>
    public DbSet<HeldAlarm> HeldAlarms => Set<HeldAlarm>();

    /// <summary>What deployment tokens give to devices.</summary>
    public DbSet<DeployPreset> DeployPresets => Set<DeployPreset>();

    /// <summary>The networks that accounts signed in from.</summary>
    public DbSet<SeenPlace> SeenPlaces => Set<SeenPlace>();

    /// <summary>Leaves to connect from a browser.</summary>
    public DbSet<ViewerTicket> ViewerTickets => Set<ViewerTicket>();

    /// <summary>Filters and columns of lists, under names.</summary>
    public DbSet<SavedView> SavedViews => Set<SavedView>();

    /// <summary>The rows of jobs.</summary>
    public DbSet<Job> Jobs => Set<Job>();

    /// <summary>The nodes on this database.</summary>
    public DbSet<ServerNode> ServerNodes => Set<ServerNode>();

    /// <summary>How much was going on.</summary>
    public DbSet<ActivitySample> ActivitySamples => Set<ActivitySample>();

    /// <summary>The rows of job leases.</summary>
    public DbSet<JobLease> JobLeases => Set<JobLease>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(HawserDb).Assembly);
        SnakeCase.Apply(modelBuilder);
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        // Times are UTC everywhere; SQLite forgets the kind, PostgreSQL insists on it.
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcTime>();
    }

    private sealed class UtcTime() : ValueConverter<DateTime, DateTime>(
        time => DateTime.SpecifyKind(time, DateTimeKind.Utc), time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
}

/// <summary>The database on SQLite.</summary>
/// <param name="options">The file.</param>
public sealed class SqliteHawserDb(DbContextOptions<SqliteHawserDb> options) : HawserDb(options)
{
    /// <summary>A transaction is the only one that writes from its beginning on.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public override Task HoldAdministratorsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // 16 bytes take half the room of the text, and their order is kept.
        configurationBuilder.Properties<Guid>().HaveConversion<GuidBytes>();
    }

    private sealed class GuidBytes() : ValueConverter<Guid, byte[]>(
        guid => guid.ToByteArray(true), bytes => new Guid(bytes, true));
}

/// <summary>The database on PostgreSQL.</summary>
/// <param name="options">The server.</param>
public sealed class PostgresHawserDb(DbContextOptions<PostgresHawserDb> options) : HawserDb(options)
{
    // Any number, the same on every node, and none of those that the Postgres folder has.
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(4805121108)";

    /// <inheritdoc/>
    public override Task HoldAdministratorsAsync(CancellationToken cancellationToken) =>
        Database.ExecuteSqlRawAsync(OneAtATime, cancellationToken);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // As SQLite does it: texts of any length (limits are rules of who writes them), compared and sorted by their
        // bytes, whatever language the server's operator chose for the database.
        configurationBuilder.Properties<string>().HaveColumnType("text").UseCollation("C");
    }
}
