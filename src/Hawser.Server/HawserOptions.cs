using System.ComponentModel.DataAnnotations;
using Hawser.Api;
using Hawser.Cluster.Redis;
using Hawser.Recording;
using Hawser.Relay;
using Hawser.Rendezvous;

namespace Hawser.Server;

/// <summary>
/// Everything that can be set, in one tree. Read once at start by <see cref="Configuration.OptionReader"/> from
/// hawser.json, the environment and the command line; nothing below this project knows where a value came from.
/// </summary>
public sealed class HawserOptions
{
    /// <summary>
    /// The data folder: key files, database, hawser.json. Made at the first start, for its owner only.
    /// </summary>
    [Required]
    public string Data { get; set; } = "./data";

    /// <summary>The one local address that every port listens on; empty: all addresses, IPv6 and IPv4.</summary>
    [IpAddress]
    public string Bind { get; set; } = "";

    /// <summary>The roles that run here, of rendezvous, relay, api and recorder; empty: all of them.</summary>
    [OneOf("rendezvous", "relay", "api", "recorder", "all")]
    public IList<string> Role { get; } = [];

    /// <summary>
    /// The key that clients must present. <c>-</c> or <c>_</c>: the pair in the data folder, made when missing. Empty:
    /// anyone may use the server. Base64 of 64 bytes: that pair. Other text: that text, while the pair in the data
    /// folder
    /// goes on signing.
    /// </summary>
    [Secret]
    public string Key { get; set; } = "-";

    /// <summary>
    /// The secret key (base64 of 64 bytes) that is written to the data folder at the first start, instead of a new
    /// one.
    /// </summary>
    [Secret]
    public string InitialKey { get; set; } = "";

    /// <summary>
    /// The name or address by which clients reach this server. Used in what is printed for them, and for the relay's
    /// name.
    /// </summary>
    public string PublicHost { get; set; } = "";

    /// <summary>
    /// The folder (or db_v2.sqlite3) of an hbbs that is imported at the first start; empty: the data folder itself,
    /// when it
    /// holds such a database.
    /// </summary>
    public string ImportFrom { get; set; } = "";

    /// <summary>
    /// The database: <c>sqlite</c> (hawser.db in the data folder), or a PostgreSQL server as URL
    /// (<c>postgres://user:password@host/name</c>) or connection string (<c>Host=…;Database=…;Username=…</c>).
    /// </summary>
    [Secret]
    [Database]
    public string Database { get; set; } = "sqlite";

    /// <summary>For a relay on its own: the HTTP address of the rendezvous node that it announces itself to.</summary>
    [HttpAddress]
    public string AnnounceTo { get; set; } = "";

    /// <summary>For a relay on its own: <c>host</c> or <c>host:port</c> that clients are told.</summary>
    public string Advertise { get; set; } = "";

    /// <summary>
    /// The secret that relays on other machines sign their announcements with; at least 16 characters.
    /// </summary>
    [Secret]
    [MinimumSecret(16)]
    public string JoinKey { get; set; } = "";

    /// <summary>
    /// The password of the administrator <c>admin</c>, who is made at the first start; empty: a one-time setup code is
    /// printed instead.
    /// </summary>
    [Secret]
    public string AdminPassword { get; set; } = "";

    /// <summary>Members of settings that were written where options are; no option itself.</summary>
    internal IReadOnlyList<SettingPin> Pins { get; set; } = [];

    /// <summary>The HTTP port and what it offers.</summary>
    public HttpOptions Http { get; } = new();

    /// <summary>The rendezvous (ID) role.</summary>
    public RendezvousOptions Rendezvous { get; } = new();

    /// <summary>The relay role.</summary>
    public RelayOptions Relay { get; } = new();

    /// <summary>The API role.</summary>
    public ApiOptions Api { get; } = new();

    /// <summary>The recording role.</summary>
    public RecordingOptions Recorder { get; } = new();

    /// <summary>The Redis server that several nodes share.</summary>
    public RedisOptions Redis { get; } = new();

    /// <summary>What is logged, and how.</summary>
    public LogOptions Log { get; } = new();
}

/// <summary>Options of the HTTP port.</summary>
public sealed class HttpOptions
{
    /// <summary>The HTTP port: health, metrics, the API, and WebSocket on /ws/id and /ws/relay. 0: none.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 21114;

    /// <summary>
    /// Addresses and networks (CIDR) that may read /metrics; <c>*</c>: everyone. Empty: this machine and private
    /// networks.
    /// </summary>
    [Networks]
    public IList<string> MetricsFrom { get; } = [];

    /// <summary>
    /// Reverse proxies (addresses or CIDR) whose X-Forwarded-For, or X-Real-IP without it, and X-Forwarded-Proto are
    /// believed. Empty: none.
    /// </summary>
    [Networks]
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>The largest request body in bytes.</summary>
    [Range(1024, 1 << 30)]
    public int MaxRequestBody { get; set; } = 1 << 20;

    /// <summary>HTTP and WebSocket connections that may be open at the same time.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>
    /// The file with the certificate and those between it and its authority, in PEM (fullchain.pem). With it the HTTP
    /// port speaks TLS, and only TLS. A file that changes is taken over within seconds. Empty: no TLS.
    /// </summary>
    public string TlsCertificate { get; set; } = "";

    /// <summary>The file with the certificate's key, in PEM, without a password (privkey.pem).</summary>
    public string TlsKey { get; set; } = "";

    /// <summary>
    /// How many days browsers are told to come by HTTPS only (HSTS), where this server speaks TLS itself; 0: not at
    /// all.
    /// </summary>
    [Range(0, 3650)]
    public int HstsDays { get; set; } = 365;

    /// <summary>Beside TLS, a second port that speaks plain HTTP; 0: none.</summary>
    [Range(0, 65535)]
    public int PlainPort { get; set; }

    /// <summary>
    /// What the plain port does: <c>redirect</c> to HTTPS, or <c>serve</c> the same as the HTTP port, for clients that
    /// can't be told an https address.
    /// </summary>
    public PlainMode Plain { get; set; }

    /// <summary>
    /// The folder for certbot's <c>--webroot</c>: what is in its <c>.well-known/acme-challenge</c> is answered on both
    /// ports. Empty: <c>acme</c> in the data folder.
    /// </summary>
    public string AcmeWebroot { get; set; } = "";
}

/// <summary>What the plain port does.</summary>
public enum PlainMode
{
    /// <summary>Sends everybody to HTTPS.</summary>
    Redirect,

    /// <summary>Serves everything.</summary>
    Serve,
}

/// <summary>Options of the log, which goes to standard error.</summary>
public sealed class LogOptions
{
    /// <summary>
    /// The least severe lines that are written: trace, debug, information, warning, error or critical.
    /// </summary>
    public LogVerbosity Level { get; set; } = LogVerbosity.Information;

    /// <summary>text: one readable line an event; json: one JSON object an event.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

/// <summary>How a log line is written.</summary>
public enum LogFormat
{
    /// <summary>Readable lines.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>The least severe lines that are written.</summary>
public enum LogVerbosity
{
    /// <summary>Every packet.</summary>
    Trace,

    /// <summary>Every connection.</summary>
    Debug,

    /// <summary>What an operator wants to have seen.</summary>
    Information,

    /// <summary>What should not happen.</summary>
    Warning,

    /// <summary>What failed.</summary>
    Error,

    /// <summary>What ends the process.</summary>
    Critical,
}
