using System.Runtime.CompilerServices;
using Hawser.Api.Directories.Wire;

namespace Hawser.Api.Directories;

/// <summary>Asks a directory: whose password is it, who is there, which groups.</summary>
internal sealed class DirectoryClient(TimeProvider time)
{
    /// <summary>Checks a name and a password.</summary>
    /// <returns>Who it is; null when the name is unknown or ambiguous, or the password wrong.</returns>
    /// <exception cref="LdapFault">The directory can't be asked.</exception>
    public async Task<DirectoryPerson?> AuthenticateAsync(
        DirectorySettings settings, string name, string password, CancellationToken cancellationToken)
    {
        // A bind without a password succeeds anonymously (RFC 4513 §5.1.2), and proves nothing.
        if (name.Length is 0 or > 256 || password.Length == 0) return null;
        return settings.BindPattern.Length > 0 && settings.BindDn.Length == 0
            ? await AuthenticateDirectlyAsync(settings, name, password, cancellationToken)
            : await AuthenticateBySearchAsync(settings, name, password, cancellationToken);
    }

    /// <summary>Finds who types a name, as the service account.</summary>
    public async Task<DirectoryPerson?> FindAsync(
        DirectorySettings settings, string name, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(settings, cancellationToken);
        return await FindAsync(connection, settings, name, cancellationToken);
    }

    /// <summary>Everybody who may have an account.</summary>
    public async IAsyncEnumerable<DirectoryPerson> ListAsync(
        DirectorySettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(settings, cancellationToken);
        var groups = await DirectoryGroups.ReadAllAsync(connection, settings, cancellationToken);
        var search = new LdapSearch(settings.BaseDn, settings.UserFilter, DirectoryPerson.Attributes(settings));
        await foreach (var entry in connection.SearchAsync(search, cancellationToken))
        {
            if (DirectoryPerson.Read(entry, settings, groups.Of(entry, settings)) is { } person) yield return person;
        }
    }

    /// <summary>Connects to the first address that answers, and binds as the service account.</summary>
    public async Task<LdapConnection> OpenAsync(DirectorySettings settings, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(settings, cancellationToken);
        try
        {
            if (settings.BindDn.Length > 0)
            {
                await connection.BindAsync(settings.BindDn, settings.BindPassword, cancellationToken);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects to the first address that answers; nobody is bound.</summary>
    public async Task<LdapConnection> ConnectAsync(DirectorySettings settings, CancellationToken cancellationToken)
    {
        LdapFault? first = null;
        foreach (var target in DirectoryRules.Targets(settings))
        {
            try
            {
                return await LdapConnection.OpenAsync(target, time, cancellationToken);
            }
            catch (LdapFault e)
            {
                first ??= e;
            }
        }

        throw first ?? new LdapFault("no address of a directory is set");
    }

    private async Task<DirectoryPerson?> AuthenticateBySearchAsync(
        DirectorySettings settings, string name, string password, CancellationToken cancellationToken)
    {
        var person = await FindAsync(settings, name, cancellationToken);
        if (person is null) return null;
        // Another connection: a failed bind would leave this one anonymous.
        await using var own = await ConnectAsync(settings, cancellationToken);
        return await TryBindAsync(own, person.Dn, password, cancellationToken) ? person : null;
    }

    private async Task<DirectoryPerson?> AuthenticateDirectlyAsync(
        DirectorySettings settings, string name, string password, CancellationToken cancellationToken)
    {
        await using var own = await ConnectAsync(settings, cancellationToken);
        return await TryBindAsync(own, DirectoryRules.BindName(settings, name), password, cancellationToken)
            ? await FindAsync(own, settings, name, cancellationToken) : null;
    }

    private static async Task<DirectoryPerson?> FindAsync(
        LdapConnection connection, DirectorySettings settings, string name, CancellationToken cancellationToken)
    {
        var search = new LdapSearch(
            settings.BaseDn, DirectoryRules.LoginFilter(settings, name), DirectoryPerson.Attributes(settings),
                SizeLimit: 2);
        var found = new List<LdapEntry>();
        await foreach (var entry in connection.SearchAsync(search, cancellationToken)) found.Add(entry);
        if (found.Count != 1) return null;
        var groups = await DirectoryGroups.ReadForAsync(connection, settings, found[0], cancellationToken);
        return DirectoryPerson.Read(found[0], settings, groups.Of(found[0], settings));
    }

    private static async Task<bool> TryBindAsync(
        LdapConnection connection, string dn, string password, CancellationToken cancellationToken)
    {
        try
        {
            await connection.BindAsync(dn, password, cancellationToken);
            return true;
        }
        catch (LdapFault e) when (e.Code is LdapFault.InvalidCredentials or 32 or 34 or 48 or 53)
        {
            // Wrong, no such entry, no such name, locked or without a password: all the same to who tries.
            return false;
        }
    }
}
