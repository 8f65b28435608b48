using System.Globalization;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>Reads connection strings and URLs of PostgreSQL, and adds what a server program wants.</summary>
internal static class PostgresAddress
{
    private const int DefaultPool = 40;

    private static readonly Dictionary<string, string> UrlNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode", ["sslrootcert"] = "Root Certificate", ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key", ["connect_timeout"] = "Timeout", ["application_name"] = "Application Name",
        ["dbname"] = "Database", ["user"] = "Username", ["password"] = "Password", ["host"] = "Host",
        ["port"] = "Port", ["options"] = "Options", ["pool_max_conns"] = "Maximum Pool Size",
    };

    internal static bool TryRead(string text, out string connectionString, out string shown, out string error)
    {
        (connectionString, shown, error) = ("", "", "");
        try
        {
            var builder = text.Contains("://", StringComparison.Ordinal)
                ? FromUrl(text)
                : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(builder.Host)) error = "names no host";
            else if (string.IsNullOrEmpty(builder.Username)) error = "names no user";
            if (error.Length > 0) return false;
            if (string.IsNullOrEmpty(builder.Database)) builder.Database = "hawser";
            Complete(builder);
            connectionString = builder.ConnectionString;
            shown = Show(builder);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            // The driver's words may quote the text, in which there is a password.
            error = "is not a connection string or URL that PostgreSQL's driver understands";
            return false;
        }
    }

    // By hand and not by Uri: several hosts, and passwords with characters that an URL should not have, are common.
    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (text[..colon].ToLowerInvariant() is not ("postgres" or "postgresql")) throw new FormatException();
        var rest = text[(colon + 3)..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : rest[(question + 1)..];
        if (question >= 0) rest = rest[..question];
        var builder = new NpgsqlConnectionStringBuilder();
        var at = rest.LastIndexOf('@');
        if (at >= 0)
        {
            var user = rest[..at];
            var split = user.IndexOf(':', StringComparison.Ordinal);
            builder.Username = Uri.UnescapeDataString(split < 0 ? user : user[..split]);
            if (split >= 0) builder.Password = Uri.UnescapeDataString(user[(split + 1)..]);
            rest = rest[(at + 1)..];
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            var database = Uri.UnescapeDataString(rest[(slash + 1)..]);
            if (database.Length > 0) builder.Database = database;
            rest = rest[..slash];
        }

        SetHost(builder, Uri.UnescapeDataString(rest));
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? "true" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            builder[UrlNames.GetValueOrDefault(name, name.Replace('_', ' '))] =
                string.Equals(name, "sslmode", StringComparison.OrdinalIgnoreCase)
                    ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return builder;
    }

    private static void SetHost(NpgsqlConnectionStringBuilder builder, string host)
    {
        if (host.Length == 0) return;
        var last = host.LastIndexOf(':');
        var isSingle = !host.Contains(',', StringComparison.Ordinal);
        if (isSingle && last >= 0 && host.LastIndexOf(']') < last && host.IndexOf(':', StringComparison.Ordinal) is var
            first && (first == last || host[0] == '['))
        {
            builder.Port = int.Parse(host[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
            host = host[..last];
        }

        builder.Host = isSingle ? host.Trim('[', ']') : host;
    }

    private static void Complete(NpgsqlConnectionStringBuilder builder)
    {
        var given = builder.Keys.Cast<string>().Where(builder.ShouldSerialize)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!given.Contains("Application Name")) builder.ApplicationName = "hawser";
        if (!given.Contains("Timeout")) builder.Timeout = 5;
        if (!given.Contains("Keepalive")) builder.KeepAlive = 30;
        // A server allows 100 connections by default, and there may be more nodes, and backups.
        if (!given.Contains("Maximum Pool Size")) builder.MaxPoolSize = DefaultPool;
        if (!given.Contains("Max Auto Prepare")) builder.MaxAutoPrepare = 64;
        // Kerberos is asked for only by who wants it: looking for its library costs the start of everybody else.
        if (!given.Contains("GSS Encryption Mode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
        builder.PersistSecurityInfo = false;
        builder.IncludeErrorDetail = false;
    }

    private static string Show(NpgsqlConnectionStringBuilder builder)
    {
        var host = builder.Host!.Contains(':', StringComparison.Ordinal)
            && !builder.Host.Contains(',', StringComparison.Ordinal) ? $"[{builder.Host}]" : builder.Host;
        return string.Create(CultureInfo.InvariantCulture,
            $"postgres://{builder.Username}@{host}:{builder.Port}/{builder.Database}");
    }
}
