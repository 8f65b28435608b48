namespace Hawser.Api.Audit;

/// <summary>
/// What can be done in the console or by API. Up to 22 the numbers are the field's (<c>iop</c>, admin reference §4.7);
/// ours begin at 100.
/// </summary>
internal enum ConsoleOperation
{
    /// <summary>A sign-in to the console.</summary>
    Login = 0,
    AddGroup = 1,
    AddUser = 2,
    AddDevice = 3,
    DeleteGroup = 4,
    Disconnect = 5,
    EnableUser = 6,
    DisableUser = 7,
    EnableDevice = 8,
    DisableDevice = 9,
    UpdateGroup = 10,
    UpdateUser = 11,
    UpdateDevice = 12,
    DeleteUser = 13,
    DeleteDevice = 14,
    AddBook = 15,
    DeleteBook = 16,
    RenameBook = 17,
    DeleteBinned = 18,
    EmptyBin = 19,
    AddShare = 20,
    DeleteShare = 21,
    UpdateShare = 22,

    /// <summary>A mail invited somebody.</summary>
    InviteUser = 100,
    EnforceTwoFactor = 101,
    ReleaseTwoFactor = 102,
    ResetTwoFactor = 103,
    DropEmailVerification = 104,
    ForceLogout = 105,
    EndLogin = 106,
    AddToken = 107,
    DeleteToken = 108,

    /// <summary>One passkey, or one trusted browser, of somebody else was taken away.</summary>
    RemovePasskey = 109,
    ForgetBrowser = 112,

    /// <summary>Something of a book but its name: note, password, owner.</summary>
    UpdateBook = 110,

    /// <summary>An administrator looked into a book that is not his.</summary>
    ReadBook = 111,
    AddStrategy = 120,
    UpdateStrategy = 121,
    DeleteStrategy = 122,
    EnableStrategy = 123,
    DisableStrategy = 124,
    AssignStrategy = 125,
    UnassignStrategy = 126,
    StartRollout = 127,
    ChangeRollout = 128,
    AddRule = 130,
    UpdateRule = 131,
    DeleteRule = 132,
    AddRole = 133,
    UpdateRole = 134,
    DeleteRole = 135,
    AssignRole = 136,
    AddAdminRole = 137,
    UpdateAdminRole = 138,
    DeleteAdminRole = 139,
    ChangeSetting = 140,
    AddProvider = 141,
    UpdateProvider = 142,
    DeleteProvider = 143,
    TestDirectory = 144,

    /// <summary>Another key pair waits for the next start.</summary>
    ReplaceKey = 145,
    ExportAudit = 150,

    /// <summary>All of another list as a file.</summary>
    ExportList = 151,
    UpdateRecording = 160,
    DeleteRecording = 161,

    /// <summary>The recording role writes these; it knows their numbers.</summary>
    StartRecording = 162,
    StopRecording = 163,
    DownloadRecording = 164,
    HoldRecording = 165,
    ReleaseRecording = 166,
    FinishRecording = 167,
    WatchRecording = 168,
    CopyRecording = 169,
    MakeBackup = 170,
    DownloadBackup = 171,
    DeleteBackup = 172,
    AddDeployToken = 180,
    DeleteDeployToken = 181,
    AddChannel = 190,
    UpdateChannel = 191,
    DeleteChannel = 192,
    TestChannel = 193,
    AddRelay = 194,
    UpdateRelay = 195,
    DeleteRelay = 196,
    DrainNode = 197,
    ReviveNode = 198,

    /// <summary>An alarm was seen or resolved.</summary>
    HandleAlarm = 200,
    MuteAlarm = 201,
    UnmuteAlarm = 202,
    StartJob = 210,
    CancelJob = 211,
    UndoJob = 212,

    /// <summary>A browser was given leave to connect to a device, or the leave was taken back.</summary>
    AddTicket = 220,
    DeleteTicket = 221,

    /// <summary>A machine that waits for approval stays outside, or waits again.</summary>
    RejectDevice = 230,
    BlockAddress = 231,
    UnblockAddress = 232,

    /// <summary>Nobody is introduced or signs in from an address, or somebody may again.</summary>
    BlockSource = 233,
    UnblockSource = 234,

    /// <summary>Two rows of one machine became one.</summary>
    MergeDevices = 240,

    /// <summary>Accounts came back from the bin, or are gone for good.</summary>
    RestoreUser = 241,
    PurgeUser = 242,

    /// <summary>Somebody who was locked, or had to wait after wrong passwords, may try again.</summary>
    UnlockUser = 245,
}

/// <summary>What operations are about (<c>typ</c>); up to 3 the field's.</summary>
internal enum ConsoleArea
{
    Group = 0,
    User = 1,
    Device = 2,
    Book = 3,

    /// <summary>From here on ours.</summary>
    Strategy = 4,
    Access = 5,
    Token = 6,
    Setting = 7,
    Audit = 8,
    Recording = 9,
    Job = 10,
}
