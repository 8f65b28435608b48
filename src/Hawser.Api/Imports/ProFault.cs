namespace Hawser.Api.Imports;

/// <summary>Another server can't be read.</summary>
internal sealed class ProFault : Exception
{
    /// <summary>The one it is.</summary>
    /// <param name="code">A word for consoles.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="inner">Why.</param>
    public ProFault(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A word for consoles: unreachable, tls, timeout, unauthorized, forbidden, redirected, not_pro, refused,
    /// too_large or cancelled.</summary>
    public string Code { get; }
}
