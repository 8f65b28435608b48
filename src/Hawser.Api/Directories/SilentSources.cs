using Hawser.Api.Accounts;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Directories;

/// <summary>
/// Takes back the admin roles that a provider or the directory gave which is gone or switched off: nobody signs in
/// with it any more, so that nothing else would ever take them. At once when that is stored over HTTP, and again and
/// again for the command line and for a sign-in that another node let in at the same moment.
/// </summary>
internal sealed partial class SilentSources(
    SettingsStore settings, ApiParts parts, ConsoleLog audit, AccountEvents events, ApiGate gate, TimeProvider time,
    ILogger<SilentSources> log) : PeriodicWork(gate, time, TimeSpan.FromMinutes(1))
{
    private const int Batch = 200;

    /// <summary>As <see cref="SettingFollower"/>.</summary>
    public Task FollowAsync(string name, CancellationToken cancellationToken) =>
        name == SignInSettings.Key.Name || name == DirectorySettings.Key.Name
            ? TakeBackAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TakeBackAsync(cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        if (!await db.AdminRoleHolders.AnyAsync(h => h.Source != "", cancellationToken)) return;
        // Another node may have stored a provider, and let somebody in by it, since this one read them.
        await settings.ReloadAsync(cancellationToken);
        // Settings that can't be read are no settings without providers.
        if (!settings.CanRead(SignInSettings.Key) || !settings.CanRead(DirectorySettings.Key)) return;
        var speaking = Speaking();
        while (true)
        {
            var held = await (
                from holder in db.AdminRoleHolders.AsNoTracking()
                where holder.Source != "" && !speaking.Contains(holder.Source)
                join role in db.AdminRoles on holder.RoleGuid equals role.Guid
                join user in db.Users on holder.UserGuid equals user.Guid
                orderby role.NormalizedName, user.NormalizedName
                select new Held(holder, role.Name, user.Name)).Take(Batch).ToListAsync(cancellationToken);
            if (held.Count == 0) return;
            await TakeAsync(db, held, cancellationToken);
        }
    }

    private async Task TakeAsync(HawserDb db, List<Held> held, CancellationToken cancellationToken)
    {
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var taken = new List<Held>();
        foreach (var one in held)
        {
            var (role, user, source) = (one.Row.RoleGuid, one.Row.UserGuid, one.Row.Source);
            // Of several nodes, or a node and a request, one took it.
            if (await db.AdminRoleHolders.Where(h => h.RoleGuid == role && h.UserGuid == user && h.Source == source)
                .ExecuteDeleteAsync(cancellationToken) == 0) continue;
            taken.Add(one);
            audit.AddOfServer(
                db, ConsoleOperation.UpdateAdminRole, one.Role, ("taken_from", one.User), ("source", source));
        }

        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
        foreach (var user in taken.Select(t => t.Row.UserGuid).Distinct()) events.Changed(user);
        foreach (var of in taken.GroupBy(t => t.Row.Source)) Log.TakenBack(log, of.Key, of.Count());
    }

    private List<string> Speaking()
    {
        var all = settings.Get(SignInSettings.Key).Providers.Where(p => p.Enabled)
            .Select(p => ExternalSource.OriginOf(p.Name)).ToList();
        if (settings.Get(DirectorySettings.Key) is { Enabled: true, Urls.Count: > 0 }) all.Add(DirectoryRules.Provider);
        return all;
    }

    private sealed record Held(AdminRoleHolder Row, string Role, string User);

    private static partial class Log
    {
        [LoggerMessage(
            6115, LogLevel.Information, "{Source} is gone or off: {Count} admin roles that it gave are taken")]
        internal static partial void TakenBack(ILogger logger, string source, int count);

        [LoggerMessage(6116, LogLevel.Warning, "Admin roles of providers that are gone were not taken back: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
