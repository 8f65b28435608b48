namespace Hawser.Api.Directories.Wire;

/// <summary>A directory can't be reached, or refuses; the message is for administrators.</summary>
internal sealed class LdapFault : Exception
{
    /// <summary>The name or the password is wrong.</summary>
    internal const int InvalidCredentials = 49;

    public LdapFault()
    {
    }

    public LdapFault(string message)
        : base(message)
    {
    }

    public LdapFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public LdapFault(int code, string message)
        : base(message) => Code = code;

    /// <summary>The directory's result code (RFC 4511 §4.1.9); 0 when it said nothing.</summary>
    public int Code { get; }

    /// <summary>A result code in words.</summary>
    public static string Name(int code) => code switch
    {
        1 => "operations error",
        2 => "protocol error",
        3 => "time limit exceeded",
        4 => "size limit exceeded",
        7 => "authentication method not supported",
        8 => "stronger authentication required (use ldaps or startTls)",
        10 => "referral (ask the server that it names)",
        11 => "administrative limit exceeded",
        13 => "confidentiality required (use ldaps or startTls)",
        32 => "no such object (is the base DN right?)",
        34 => "invalid DN",
        48 => "inappropriate authentication",
        InvalidCredentials => "invalid credentials",
        50 => "insufficient access rights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwilling to perform",
        _ => "result code " + code,
    };
}
