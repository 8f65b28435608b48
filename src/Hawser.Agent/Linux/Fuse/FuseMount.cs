using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.Fuse;

/// <summary>
/// Mounts and unmounts read-only file systems that this process serves: by itself as root, through the system's
/// <c>fusermount3</c> as anybody else.
/// </summary>
internal static unsafe class FuseMount
{
    public const string Type = "fuse.hawser";
    private const string Device = "/dev/fuse";
    private const string Source = "hawser-agent";
    private const int ChildEnd = 3;
    private const int HelperPatience = 10_000;
    private static readonly string[] Programs =
        ["/usr/bin/fusermount3", "/bin/fusermount3", "/usr/bin/fusermount", "/bin/fusermount"];

    /// <summary>Whether this process mounts by itself.</summary>
    public static bool IsRoot => OperatingSystem.IsLinux() && Libc.geteuid() == 0;

    private static string? Helper => Programs.FirstOrDefault(File.Exists);

    /// <summary>Mounts.</summary>
    /// <param name="point">An empty folder of ours.</param>
    /// <param name="others">Whether other users may look into it, as far as the files' modes let them.</param>
    /// <param name="byHelper">Through the helper, also as root.</param>
    /// <returns>The kernel's end, which the caller closes.</returns>
    /// <exception cref="IOException">It can't be mounted; the text says why.</exception>
    public static int Mount(string point, bool others, bool byHelper)
    {
        if (!File.Exists(Device)) throw new IOException($"there is no {Device} (kernel module fuse)");
        return IsRoot && !byHelper ? MountDirectly(point, others) : MountByHelper(point, others);
    }

    /// <summary>Takes a mount out of sight; what is open in it stays open. False when it can't.</summary>
    public static bool Unmount(string point, bool byHelper)
    {
        if (IsRoot && !byHelper) return MountCalls.umount2(point, MountCalls.Detach) == 0;
        if (Helper is not { } helper) return false;
        var pid = Spawn(helper, [Source, "-u", "-z", "-q", "--", point], -1);
        return pid > 0 && Await(pid) == 0;
    }

    /// <summary>Mounts of ours beneath a folder, by the kernel's own list.</summary>
    public static IReadOnlyList<string> Beneath(string folder) =>
    [
        .. File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' '))
            .Where(parts => parts.Length > 6 && Array.IndexOf(parts, Type, 6) > 0)
            .Select(parts => Plain(parts[4]))
            .Where(point => point.StartsWith(folder + "/", StringComparison.Ordinal)),
    ];

    private static int MountDirectly(string point, bool others)
    {
        var file = MountCalls.open(
            Device, MountCalls.ReadWrite | MountCalls.NonBlocking | MountCalls.CloseOnExec, 0);
        if (file < 0) throw Failed(Device);
        var options = $"fd={file},rootmode=40000,user_id=0,group_id=0,default_permissions"
            + (others ? ",allow_other" : "");
        const nuint flags = MountCalls.ReadOnly | MountCalls.NoSetUser | MountCalls.NoDevices | MountCalls.NoPrograms
            | MountCalls.NoAccessTimes;
        if (MountCalls.mount(Source, point, Type, flags, options) == 0) return file;
        var failed = Failed("mount");
        _ = Libc.close(file);
        throw failed;
    }

    private static int MountByHelper(string point, bool others)
    {
        if (Helper is not { } helper) throw new IOException("neither root nor fusermount3 (package fuse3)");
        // The helper opens it on its caller's behalf, and says why it could not to nobody.
        var device = MountCalls.open(Device, MountCalls.ReadWrite | MountCalls.CloseOnExec, 0);
        if (device < 0) throw Failed(Device);
        _ = Libc.close(device);
        var pair = stackalloc int[2];
        const int type = MountCalls.Stream | MountCalls.CloseOnExec;
        if (MountCalls.socketpair(MountCalls.Local, type, 0, pair) != 0) throw Failed("socketpair");
        int pid;
        try
        {
            var options = "ro,nosuid,nodev,noexec,noatime,default_permissions,fsname=hawser-agent,subtype=hawser"
                + (others ? ",allow_other" : "");
            pid = Spawn(helper, [Source, "-o", options, "--", point], pair[1]);
        }
        finally
        {
            _ = Libc.close(pair[1]);
        }

        try
        {
            var file = pid > 0 ? Receive(pair[0]) : -1;
            if (pid > 0) _ = Await(pid);
            if (file < 0) throw new IOException($"{helper} does not mount here");
            return file;
        }
        finally
        {
            _ = Libc.close(pair[0]);
        }
    }

    // The helper hands the kernel's end over as a message beside one byte.
    private static int Receive(int socket)
    {
        var ready = new Libc.Poll { File = socket, Wanted = Libc.PollIn };
        if (Libc.poll(&ready, 1, HelperPatience) <= 0) return -1;
        byte one;
        var control = stackalloc nint[8];
        var vector = new MountCalls.Vector { Start = &one, Length = 1 };
        var message = new MountCalls.MessageHeader
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = control,
            ControlLength = (nuint)(8 * sizeof(nint)),
        };
        if (MountCalls.recvmsg(socket, &message, MountCalls.KeepFromChildren) < 1) return -1;
        // Length, level and kind of what came along, then the number.
        var header = (int*)(control + 1);
        var known = message.ControlLength >= (nuint)((2 * sizeof(nint)) + sizeof(int))
            && header[0] == MountCalls.SocketLevel && header[1] == MountCalls.Descriptors;
        return known ? *(int*)(control + 2) : -1;
    }

    private static int Spawn(string program, string[] arguments, int socket)
    {
        var actions = stackalloc byte[256];
        _ = Libc.posix_spawn_file_actions_init(actions);
        using var list = new TextList(arguments);
        using var environment = new TextList([$"_FUSE_COMMFD={ChildEnd}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
        try
        {
            foreach (var file in new[] { 0, 1, 2 })
            {
                _ = Libc.posix_spawn_file_actions_addopen(actions, file, "/dev/null", Libc.ReadWrite, 0);
            }

            if (socket >= 0) _ = Libc.posix_spawn_file_actions_adddup2(actions, socket, ChildEnd);
            int pid;
            return Libc.posix_spawn(&pid, program, actions, null, list.Pointer, environment.Pointer) == 0 ? pid : -1;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
        }
    }

    private static int Await(int pid)
    {
        int status;
        while (Libc.waitpid(pid, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted) return -1;
        }

        return status;
    }

    // Blanks and the like stand there as three octal digits.
    private static string Plain(string text)
    {
        for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 3 < text.Length;)
        {
            var code = (char)Convert.ToInt32(text.Substring(at + 1, 3), 8);
            text = text[..at] + code + text[(at + 4)..];
            at = text.IndexOf('\\', at + 1);
        }

        return text;
    }

    private static IOException Failed(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
