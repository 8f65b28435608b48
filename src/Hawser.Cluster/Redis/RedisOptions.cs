using System.ComponentModel.DataAnnotations;

namespace Hawser.Cluster.Redis;

/// <summary>Options of the Redis server that nodes share.</summary>
public sealed class RedisOptions
{
    /// <summary>The Redis server; empty: none is used, and the database numbers the chunks of recordings.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 6379;

    /// <summary>Its password; empty: none.</summary>
    [DataType(DataType.Password)]
    public string Password { get; set; } = "";

    /// <summary>Whether the connection is encrypted.</summary>
    public bool Tls { get; set; }

    /// <summary>Milliseconds that an answer may take.</summary>
    [Range(50, 60_000)]
    public int TimeoutMs { get; set; } = 2000;
}
