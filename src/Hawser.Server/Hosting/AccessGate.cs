using Hawser.Api.Access;
using Hawser.Rendezvous;

namespace Hawser.Server.Hosting;

/// <summary>
/// Where two roles that don't know each other meet: the rendezvous role asks, the access desk answers. It does so on
/// every node with a rendezvous role, also where no API is served.
/// </summary>
internal static class AccessGate
{
    /// <summary>The hook of the rendezvous role.</summary>
    public static Authorize? Of(AccessDesk? desk) =>
        desk is null ? null : (request, cancellationToken) => DecideAsync(desk, request, cancellationToken);

    private static async ValueTask<IntroductionVerdict> DecideAsync(
        AccessDesk desk, IntroductionRequest request, CancellationToken cancellationToken)
    {
        var kind = request.Kind switch
        {
            IntroductionKind.Punch => AccessKind.Punch,
            IntroductionKind.Relay => AccessKind.Relay,
            _ => AccessKind.Session,
        };
        var verdict = await desk.DecideAsync(
            new AccessRequest(
                kind, request.Caller, request.TargetId, request.Token, (int)request.ConnType, request.SwitchCode,
                request.Vouched, request.LoginRequired, request.Close),
            cancellationToken);
        if (ReferenceEquals(verdict, AccessVerdict.Allow)) return IntroductionVerdict.Allow;
        return new IntroductionVerdict(
            verdict.Allowed, verdict.Reason, verdict.Permissions, verdict.AuditReference, verdict.KeepSession ? 1 : 0,
            verdict.Session);
    }
}
