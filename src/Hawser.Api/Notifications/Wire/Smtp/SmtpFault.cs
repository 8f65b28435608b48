namespace Hawser.Api.Notifications.Wire.Smtp;

/// <summary>A mail was not taken; the message says by whom and why, without secrets.</summary>
internal sealed class SmtpFault : Exception
{
    public SmtpFault()
    {
    }

    public SmtpFault(string message)
        : base(message)
    {
    }

    public SmtpFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
