using Hawser.Api.Accounts.Login;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>POST /api/users/{guid}/unlock</c>: who is locked, or has to wait after wrong passwords, may try again at once.
/// Ours.
/// </summary>
internal static class UserUnlock
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/users/{guid}/unlock", HandleAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersEnable)
            .WithSummary("Lets a user sign in at once who is locked, or has to wait after wrong passwords.")
            .ReadsNothing().AnswersNothing();

    private static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser caller, HawserDb db, LoginThrottle throttle,
        AccountEvents events, ConsoleLog log, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)
            || await AdminScope.Editable(db, caller, AdminRight.UsersEnable)
                .FirstOrDefaultAsync(u => u.Guid == wanted, cancellationToken) is not { } user)
        {
            return Problem.NotFound("user");
        }

        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        log.Add(db, context, ConsoleOperation.UnlockUser, user.Name);
        await db.SaveChangesAsync(cancellationToken);
        throttle.Forgive(user.Name, user.Email);
        events.Unlocked(user.Guid);
        return ClientResults.Empty;
    }
}
