using System.ComponentModel.DataAnnotations;

namespace Hawser.Recording;

/// <summary>Options of the recording role.</summary>
public sealed class RecordingOptions
{
    /// <summary>The port of recorders: Socket.IO, the files, and the page /recorder. 0: none.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8000;

    /// <summary>
    /// The address that the recorder's port listens on, <c>*</c> for all. Empty: that of --bind, and without it this
    /// machine only.
    /// </summary>
    public string Bind { get; set; } = "";

    /// <summary>
    /// Anybody, from anywhere, may record, and read what was recorded that way. Without it that is so only for this
    /// machine, and only while the recorder's port listens on it alone; everybody else needs a token.
    /// </summary>
    public bool Anonymous { get; set; }

    /// <summary>
    /// Pages of other hosts (<c>https://app.example</c>) that may record and play; <c>*</c>: all of them, for
    /// development. Pages of this server's own name always may.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The address, as browsers see it, that download links begin with; empty: links are paths on the same host.
    /// </summary>
    public string PublicAddress { get; set; } = "";

    /// <summary>Minutes that a signed download link works.</summary>
    [Range(1, 10_080)]
    public int LinkMinutes { get; set; } = 60;

    /// <summary>Connections to the recorder's port that may be open at the same time.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 2000;

    /// <summary>Where recordings are kept; empty: <c>recordings</c> in the data folder.</summary>
    public string Folder { get; set; } = "";

    /// <summary>
    /// Whose recordings POST /api/record accepts, which carries no credentials. off: nobody's; connected: of known
    /// devices that reported, from the same address, a connection that is open or ended a moment ago; known: of every
    /// device that is registered here.
    /// </summary>
    public UploadPolicy Uploads { get; set; } = UploadPolicy.Connected;

    /// <summary>The largest recording, in MiB.</summary>
    [Range(1, 1 << 20)]
    public int MaxRecording { get; set; } = 8192;

    /// <summary>The largest part of a recording that is accepted in one request, in MiB.</summary>
    [Range(1, 1024)]
    public int MaxPart { get; set; } = 64;

    /// <summary>What one device may upload in a day (UTC), in MiB.</summary>
    [Range(1, 1 << 24)]
    public int MaxDevicePerDay { get; set; } = 32_768;

    /// <summary>What all recordings together may take, in MiB; 0: as much as the disk has.</summary>
    [Range(0, 1 << 30)]
    public int MaxTotal { get; set; }

    /// <summary>Free space in MiB below which nothing more is accepted, so that the database can go on.</summary>
    [Range(0, 1 << 24)]
    public int KeepFree { get; set; } = 1024;

    /// <summary>Recordings that may arrive at the same time.</summary>
    [Range(1, 100_000)]
    public int MaxOpen { get; set; } = 200;

    /// <summary>Minutes without a part after which an upload counts as ended and is kept as incomplete.</summary>
    [Range(1, 1440)]
    public int IdleMinutes { get; set; } = 10;

    /// <summary>When bytes are forced to the disk: each: before a part or chunk is answered; group: the same, but all
    /// chunks of a moment together, for hundreds of recorders; end: with the recording's end; none: when the system
    /// likes to.</summary>
    public FlushPolicy Flush { get; set; } = FlushPolicy.Each;

    /// <summary>The largest chunk that a recorder may send, in MiB.</summary>
    [Range(1, 64)]
    public int MaxChunk { get; set; } = 16;

    /// <summary>Chunks that a recording may have.</summary>
    [Range(1, 1_000_000)]
    public int MaxChunks { get; set; } = 100_000;

    /// <summary>Hours that a recording may last.</summary>
    [Range(1, 168)]
    public int MaxHours { get; set; } = 12;

    /// <summary>Recordings that one account or device may have open at the same time.</summary>
    [Range(1, 10_000)]
    public int MaxOwnerOpen { get; set; } = 8;

    /// <summary>Recordings that one account, or all without one, may begin in a minute.</summary>
    [Range(1, 1_000_000)]
    public int MaxOwnerStarts { get; set; } = 600;

    /// <summary>What the recordings of one account may take, in MiB; 0: as much as there is.</summary>
    [Range(0, 1 << 30)]
    public int MaxOwner { get; set; }

    /// <summary>Minutes that one account may record in a day (UTC); 0: as many as it likes.</summary>
    [Range(0, 1_000_000)]
    public int MaxOwnerMinutes { get; set; }

    /// <summary>Free space in MiB below which no recording may begin; unless --recorder-keep-free is 0.</summary>
    [Range(0, 1 << 24)]
    public int StartFree { get; set; } = 2048;

    /// <summary>The same in hundredths of the disk.</summary>
    [Range(0, 50)]
    public int StartFreePercent { get; set; } = 5;

    /// <summary>Whether this node finishes recordings (needs FFmpeg); another node on the same database may.</summary>
    public bool Finish { get; set; } = true;

    /// <summary>The FFmpeg program that finishes recordings.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";

    /// <summary>Recordings that are finished at the same time; 0: half as many as there are processors.</summary>
    [Range(0, 256)]
    public int FinishParallel { get; set; }

    /// <summary>How often finishing is tried before a recording counts as failed.</summary>
    [Range(1, 100)]
    public int FinishTries { get; set; } = 3;

    /// <summary>Seconds before finishing is tried again; six times as many with each try.</summary>
    [Range(1, 3600)]
    public int FinishRetrySeconds { get; set; } = 10;

    /// <summary>Seconds that FFmpeg may take, and one more for every 20 MiB, before it is killed.</summary>
    [Range(1, 86_400)]
    public int FinishSeconds { get; set; } = 60;

    /// <summary>Whether a picture and a short preview are made of finished recordings.</summary>
    public bool Posters { get; set; } = true;

    /// <summary>
    /// Minutes that FFmpeg may take to make an MP4 of a recording for a browser that can't play it; 0: none is made.
    /// </summary>
    [Range(0, 1440)]
    public int CopyMinutes { get; set; } = 120;

    /// <summary>Whether chunks are kept after the final file was made and verified.</summary>
    public bool KeepChunks { get; set; }

    /// <summary>
    /// Days after which finished recordings are deleted; 0: never. Unset, the setting retention says it, for groups of
    /// devices too.
    /// </summary>
    [Range(0, 36_500)]
    public int KeepDays { get; set; }

    /// <summary>Days after which the chunks of recordings that could not be finished are deleted; 0: never.</summary>
    [Range(0, 36_500)]
    public int KeepFailedDays { get; set; } = 7;

    /// <summary>Hours for which a recording that ended by silence may be gone on with.</summary>
    [Range(1, 8760)]
    public int ReopenHours { get; set; } = 24;

    /// <summary>The bucket of an S3-compatible object storage that recordings are kept in; empty: the folder.</summary>
    public string S3Bucket { get; set; } = "";

    /// <summary>The address of the object storage; empty: that of the region.</summary>
    public string S3Endpoint { get; set; } = "";

    /// <summary>
    /// The address by which browsers reach the object storage: downloads go there by a signed link of five minutes.
    /// Empty: they pass through this server.
    /// </summary>
    public string S3PublicAddress { get; set; } = "";

    /// <summary>The region.</summary>
    public string S3Region { get; set; } = "us-east-1";

    /// <summary>The access key; empty: as the AWS tools find one.</summary>
    public string S3AccessKey { get; set; } = "";

    /// <summary>The secret key.</summary>
    [DataType(DataType.Password)]
    public string S3SecretKey { get; set; } = "";

    /// <summary>What every key begins with, for instance <c>recordings/</c>.</summary>
    public string S3Prefix { get; set; } = "";
}

/// <summary>Whose recordings are accepted without credentials.</summary>
public enum UploadPolicy
{
    /// <summary>Nobody's.</summary>
    Off,

    /// <summary>Of devices with an audited connection, from the address that reported it.</summary>
    Connected,

    /// <summary>Of every registered device.</summary>
    Known,
}

/// <summary>When bytes are forced to the disk.</summary>
public enum FlushPolicy
{
    /// <summary>Before each answer.</summary>
    Each,

    /// <summary>Before each answer, those of a moment together.</summary>
    Group,

    /// <summary>At the end of a recording.</summary>
    End,

    /// <summary>Never by us.</summary>
    None,
}
