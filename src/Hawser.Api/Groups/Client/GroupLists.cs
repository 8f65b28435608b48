using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Groups.Client;

/// <summary>What the three lists of the group tab have in common.</summary>
internal static class GroupLists
{
    // Clients empty the lists when the text contains "disabled" (reference §7).
    private static readonly IResult Disabled = ClientResults.Error(403, "Retrieving accessible devices is disabled.");

    // Not "Admin required!": clients take that for an outdated server (reference §7.2).
    private static readonly IResult ForAdmins = ClientResults.Error(403, "You do not have permission to list these.");

    /// <summary>
    /// Whether the list may be read: clients say <c>accessible=</c> and are given what they may reach, others must be
    /// administrators, or hold an admin role.
    /// </summary>
    public static IResult? Refuse(HttpContext context, CurrentUser user, SettingsStore settings)
    {
        if (!IsClient(context)) return user.May(AdminRight.UsersView) ? null : ForAdmins;
        return settings.Get(GroupSettings.Key).Disabled ? Disabled : null;
    }

    /// <summary>The lists for clients only: of no use to anybody else.</summary>
    public static IResult? Refuse(SettingsStore settings) =>
        settings.Get(GroupSettings.Key).Disabled ? Disabled : null;

    /// <summary>Whether a stock client asks.</summary>
    public static bool IsClient(HttpContext context) => context.Request.Query.ContainsKey("accessible");

    /// <summary>The list that a query asks for, whichever page of it.</summary>
    public static string NameOf(HttpContext context) => string.Join('&', context.Request.Query
        .Where(q => q.Key != "current").OrderBy(q => q.Key, StringComparer.Ordinal).Select(q => $"{q.Key}={q.Value}"));

    /// <summary>Whether only enabled users and devices are wanted.</summary>
    public static bool EnabledOnly(HttpContext context) => context.Request.Query["status"] == "1";
}

/// <summary>What this slice writes.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<DeviceGroupItem>))]
[JsonSerializable(typeof(Page<UserItem>))]
[JsonSerializable(typeof(PageAsOf<UserItem>))]
[JsonSerializable(typeof(UserItem))]
[JsonSerializable(typeof(Page<PeerItem>))]
internal sealed partial class GroupsJson : JsonSerializerContext;
