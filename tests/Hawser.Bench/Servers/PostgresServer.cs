using Hawser.Bench.Machine;

namespace Hawser.Bench.Servers;

/// <summary>A PostgreSQL server of a suite, as it is installed: every commit is forced to the disk.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly Child _child;
    private readonly int _port;
    private readonly string _folder;

    private PostgresServer(Child child, int port, string folder) => (_child, _port, _folder) = (child, port, folder);

    public int Pid => _child.Pid;

    /// <summary>Starts one; null when it is not installed.</summary>
    public static PostgresServer? Start(BenchContext bench)
    {
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin"))
                .Where(d => File.Exists(Path.Combine(d, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (programs is null) return null;
        var (port, folder) = (Ports.Block(1), bench.Tools.InWork($"postgres-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder);
        // It does not run as root.
        var isRoot = Environment.UserName == "root";
        if (isRoot) Child.Run("chown", ["postgres:postgres", folder]);
        string[] by = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : ["env"];
        Child.Run(by[0], [.. by[1..], $"{programs}/initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]);
        var child = Child.Start(by[0],
            [.. by[1..], $"{programs}/postgres", "-D", $"{folder}/data", "-p", $"{port}", "-k", folder, "-c", "listen_addresses=127.0.0.1"]);
        var server = new PostgresServer(child, port, folder);
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            while (!IsReady(programs, port))
            {
                if (child.HasExited) throw new InvalidOperationException("PostgreSQL ended at once: " + child.Errors);
                if (TimeProvider.System.GetElapsedTime(start).TotalSeconds > 60) throw new TimeoutException("PostgreSQL was never ready");
                Thread.Sleep(50);
            }

            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>What hawser is given to use a database there; it makes it.</summary>
    public string Database(string name) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={name}";

    public void Dispose()
    {
        _child.Dispose();
        Directory.Delete(_folder, true);
    }

    private static bool IsReady(string programs, int port)
    {
        try
        {
            Child.Run($"{programs}/pg_isready", ["-q", "-h", "127.0.0.1", "-p", $"{port}"]);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
