using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Directories.Wire;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Directories;

/// <summary>Logging in with the password of a directory.</summary>
internal sealed partial class DirectoryLogin(
    SettingsStore settings, DirectoryClient client, ExternalAccounts accounts, ILogger<DirectoryLogin> log)
{
    /// <summary>Asks the directory; when it can't be asked, nobody gets in by it.</summary>
    public async Task<ExternalPassword> CheckAsync(
        HawserDb db, string name, string password, CancellationToken cancellationToken)
    {
        var directory = settings.Get(DirectorySettings.Key);
        if (!directory.Enabled || directory.Urls.Count == 0) return ExternalPassword.No;
        DirectoryPerson? found;
        try
        {
            found = await client.AuthenticateAsync(directory, name, password, cancellationToken);
        }
        catch (LdapFault e)
        {
            Log.Unreachable(log, e.Message);
            return ExternalPassword.No;
        }

        if (found is null) return ExternalPassword.No;
        if (found.IsDisabled) return new(null, "Your account is disabled.");
        var account = await accounts.AdmitAsync(db, DirectoryRules.Source(directory), found.Person, cancellationToken);
        return new(account.User?.Guid, account.Refusal);
    }

    private static partial class Log
    {
        [LoggerMessage(6110, LogLevel.Warning, "The directory can't be asked for a login: {Reason}")]
        internal static partial void Unreachable(ILogger logger, string reason);
    }
}
