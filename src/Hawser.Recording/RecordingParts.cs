using System.Diagnostics.Metrics;
using System.Net;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Retention;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording;

/// <summary>What the recording role is made of; composed by the server program.</summary>
/// <param name="Store">The database; open before the first request is served.</param>
/// <param name="Feed">Tells consoles what changed.</param>
/// <param name="Heartbeat">The process's clock tick.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logs">Makes loggers.</param>
/// <param name="Meters">Makes the meter; null: none.</param>
/// <param name="DataFolder">Where recordings go unless an option says otherwise.</param>
public sealed record RecordingParts(
    HawserStore Store, ILiveFeed Feed, NodeHeartbeat Heartbeat, TimeProvider Time, ILoggerFactory Logs,
    IMeterFactory? Meters, string DataFolder)
{
    /// <summary>Says whose a token is that came from an address; null: nobody's.</summary>
    public Func<string, IPAddress?, CancellationToken, ValueTask<RecorderUser?>> FindUser { get; init; } =
        (_, _, _) => ValueTask.FromResult<RecorderUser?>(null);

    /// <summary>Whether a request comes from this machine, by a port that only this machine reaches.</summary>
    public Func<HttpContext, bool> IsFromHere { get; init; } = _ => false;

    /// <summary>The token of the console's session in a request's cookie; empty: none that may be used.</summary>
    public Func<HttpRequest, string> CookieToken { get; init; } = _ => "";

    /// <summary>
    /// A list as a file, where a request asks for one: its columns, the first two of which say what a row is about, and
    /// its rows; null: it asks for none.
    /// </summary>
    public Func<HttpContext, IReadOnlyList<string>, IAsyncEnumerable<string?[]>, IResult?> FileOf { get; init; } =
        (_, _, _) => null;

    /// <summary>How many days recordings are kept, now; null: as the options say.</summary>
    public Func<CancellationToken, ValueTask<DaysByGroup>>? Days { get; init; }

    /// <summary>Ends when the database is open; before that it must not be touched.</summary>
    public Task Opened { get; init; } = Task.CompletedTask;

    /// <summary>Numbers the chunks of recordings on several nodes; null: the database does.</summary>
    public IChunkCounter? Counter { get; init; }
}

/// <summary>Somebody with a token.</summary>
/// <param name="Guid">The account.</param>
/// <param name="Name">Its name, for the audit.</param>
/// <param name="TokenGuid">The token's row, to see when it is revoked.</param>
/// <param name="SeesAll">May read, change and delete everybody's recordings.</param>
/// <param name="MayRecord">May make recordings, and change and delete them.</param>
/// <param name="MayView">May see recordings.</param>
/// <param name="IsSession">The token is the console's session, the only one that a cookie may hold.</param>
public sealed record RecorderUser(
    Guid Guid, string Name, Guid TokenGuid, bool SeesAll, bool MayRecord, bool MayView, bool IsSession)
{
    /// <summary>
    /// The devices whose recordings a role lets the account view (false), or change and delete too (true); null: none.
    /// </summary>
    public Func<HawserDb, bool, IQueryable<Guid>>? Devices { get; init; }

    /// <summary>Somebody at the console who said long ago who it is: asked again before what can't be undone.</summary>
    public bool NeedsProof { get; init; }
}
