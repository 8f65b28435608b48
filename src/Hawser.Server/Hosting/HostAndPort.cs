using System.Globalization;

namespace Hawser.Server.Hosting;

/// <summary>Writes addresses as clients read them.</summary>
internal static class HostAndPort
{
    /// <summary>An IPv6 literal gets brackets.</summary>
    public static string Join(string host, int port)
    {
        var bare = host.StartsWith('[') ? host : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return string.Create(CultureInfo.InvariantCulture, $"{bare}:{port}");
    }
}
