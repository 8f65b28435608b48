using System.Text.Json.Nodes;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Settings;

/// <summary>
/// Whether what somebody wants to store over HTTP would do harm that the value alone does not show, for instance keep
/// out whoever stores it. The command line is not asked: it is the way back in.
/// </summary>
/// <param name="context">Who asks, from where.</param>
/// <param name="db">The database.</param>
/// <param name="name">Of which setting.</param>
/// <param name="value">The whole value, which is right in itself.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>The refusal; null: it may be stored.</returns>
internal delegate Task<Problem?> SettingGuard(
    HttpContext context, HawserDb db, string name, JsonObject value, CancellationToken cancellationToken);

/// <summary>
/// What follows at once from what was stored over HTTP; other ways are followed by the slice's own work.
/// </summary>
/// <param name="name">Of which setting.</param>
/// <param name="cancellationToken">Gives up.</param>
internal delegate Task SettingFollower(string name, CancellationToken cancellationToken);
