using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Console;

/// <summary>
/// Dangerous routes ask the person at the console once more who it is when the last time is long ago: somebody else may
/// sit at the desk. Scripts have no desk.
/// </summary>
internal static class StepUp
{
    /// <summary>How long a proof counts.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Asks for a proof of the last ten minutes.</summary>
    internal static RouteHandlerBuilder AfterStepUp(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(static async (context, next) =>
            IsNeeded(context.HttpContext) ? Problem.StepUp : await next(context));

    /// <summary>Whether the last proof is too old; for routes that are dangerous only with some bodies.</summary>
    internal static bool IsNeeded(HttpContext context)
    {
        var user = CurrentUser.Of(context);
        if (user.Kind != TokenKind.Console) return false;
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        return now - user.SignedInAt > Lifetime;
    }
}
