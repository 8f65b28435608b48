namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>A provider, or what came back from it, is not as it must be; the message is for the log.</summary>
internal sealed class ProviderFault : Exception
{
    public ProviderFault()
    {
    }

    public ProviderFault(string message)
        : base(message)
    {
    }

    public ProviderFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
