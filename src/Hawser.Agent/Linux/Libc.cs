using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux;

/// <summary>What pseudo terminals and accounts need of the C library.</summary>
internal static unsafe partial class Libc
{
    public const int ReadWrite = 2;
    public const int NoControllingTerminal = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int SetWindowSize = 0x5414;
    public const int Hangup = 1;
    public const int Kill = 9;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const short SpawnSetSignalDefaults = 4;
    public const short SpawnSetSignalMask = 8;
    public const short SpawnSetSession = 0x80;
    private const long PidFdOpen = 434;

    public static int OpenProcess(int pid) => (int)syscall(PidFdOpen, pid, 0);

    [LibraryImport("libc")] public static partial uint geteuid();
    [LibraryImport("libc", SetLastError = true)] public static partial int posix_openpt(int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int grantpt(int master);
    [LibraryImport("libc", SetLastError = true)] public static partial int unlockpt(int master);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int ptsname_r(int master, byte* name, nuint size);
    [LibraryImport("libc", SetLastError = true)] public static partial int ioctl(int file, nuint request, void* value);
    [LibraryImport("libc", SetLastError = true)] public static partial int eventfd(uint value, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int poll(Poll* files, nuint count, int timeout);
    [LibraryImport("libc", SetLastError = true)] public static partial nint read(int file, void* buffer, nuint size);
    [LibraryImport("libc", SetLastError = true)] public static partial nint write(int file, void* buffer, nuint size);
    [LibraryImport("libc", SetLastError = true)] public static partial int close(int file);
    [LibraryImport("libc", SetLastError = true)] public static partial int kill(int pid, int signal);
    [LibraryImport("libc", SetLastError = true)] public static partial int waitpid(int pid, int* status, int options);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_init(void* actions);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_destroy(void* actions);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(
        void* actions, int file, string path, int flags, uint mode);
    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int file, int copy);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addchdir_np(void* actions, string path);
    [LibraryImport("libc")] public static partial int posix_spawnattr_init(void* attributes);
    [LibraryImport("libc")] public static partial int posix_spawnattr_destroy(void* attributes);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setflags(void* attributes, short flags);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);
    [LibraryImport("libc")] public static partial int sigemptyset(void* signals);
    [LibraryImport("libc")] public static partial int sigfillset(void* signals);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(
        int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);
    [LibraryImport("libc", SetLastError = true)] private static partial nint syscall(long number, int a, int b);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int setenv(string name, string value, int overwrite);

    public struct Poll
    {
        public int File;
        public short Wanted;
        public short Got;
    }

    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
