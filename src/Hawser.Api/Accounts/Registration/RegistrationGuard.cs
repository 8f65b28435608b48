using System.Text.Json.Nodes;
using Hawser.Api.Accounts.Admin;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.Registration;

/// <summary>Newcomers go into a user group that there is.</summary>
internal static class RegistrationGuard
{
    /// <summary>As <see cref="SettingGuard"/>.</summary>
    public static async Task<Problem?> CheckAsync(
        HttpContext context, HawserDb db, string name, JsonObject value, CancellationToken cancellationToken)
    {
        if (name != RegistrationSettings.Key.Name) return null;
        var (_, error) = await UsersAdmin.GroupAsync(db, value["group"]?.ToString(), cancellationToken);
        return error.Length == 0 ? null : Problem.Wrong("group", "no_such_group", error);
    }
}
