using System.Text;

namespace Hawser.Server.Hosting;

/// <summary>
/// The private socket of <c>hawser ctl</c>: a file in the data folder that only the server's user can open. A request
/// is
/// <c>POST /</c> with the command as body; the answer is text.
/// </summary>
internal static partial class ControlSocket
{
    public const string Name = "ctl.sock";

    /// <summary>The socket of a process without the rendezvous role, so that two roles may share a folder.</summary>
    public const string RelayName = "ctl-relay.sock";
    private const int MaxCommand = 4096;

    // What the system's socket addresses hold.
    private const int MaxPath = 107;

    public static string PathOf(HawserNode node) =>
        System.IO.Path.Combine(node.Options.Data, node.Rendezvous is not null ? Name : RelayName);

    /// <summary>Makes room for the socket.</summary>
    /// <returns>Its path; null when it can't be had, which stops nothing else.</returns>
    public static string? Prepare(HawserNode node)
    {
        var path = PathOf(node);
        if (Encoding.UTF8.GetByteCount(path) > MaxPath)
        {
            Log.PathTooLong(node.Log, path);
            return null;
        }

        // Left by a killed server: who holds the data folder's lock owns the name.
        File.Delete(path);
        return path;
    }

    /// <summary>Leaves the socket to this user alone.</summary>
    public static void Protect(HawserNode node)
    {
        var path = PathOf(node);
        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public static async Task HandleAsync(HawserNode node, HttpContext context)
    {
        var buffer = new byte[MaxCommand + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, false, context.RequestAborted);
        var answer = length > MaxCommand ? null
            : ControlCommands.Execute(node, Encoding.UTF8.GetString(buffer, 0, length).Trim());
        context.Response.StatusCode = answer is null ? 404 : 200;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(answer ?? ControlCommands.Unknown);
    }

    private static partial class Log
    {
        [LoggerMessage(4020, LogLevel.Warning, "No control socket: the path {Path} is longer than 107 bytes (--data)")]
        public static partial void PathTooLong(ILogger logger, string path);
    }
}
