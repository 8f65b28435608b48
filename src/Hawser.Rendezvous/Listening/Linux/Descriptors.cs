using System.Runtime.InteropServices;

namespace Hawser.Rendezvous.Listening.Linux;

/// <summary>How many files and sockets the system lets this process have open.</summary>
internal static unsafe partial class Descriptors
{
    private const int NumberOfFiles = 7;

    /// <summary>The limit; no limit where it can't be asked for.</summary>
    public static long Limit { get; } = OperatingSystem.IsLinux() ? Ask() : long.MaxValue;

    private static long Ask()
    {
        ResourceLimit limit;
        var known = GetLimit(NumberOfFiles, &limit) == 0 && limit.Current < long.MaxValue;
        return known ? (long)limit.Current : long.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, ResourceLimit* limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Current;
        public nuint Most;
    }
}
