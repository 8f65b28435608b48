using System.ComponentModel.DataAnnotations;
using System.Net;
using Hawser.Data;

namespace Hawser.Server;

/// <summary>Masked wherever values are shown; may be given as a file (<c>…File</c>) instead.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>Empty or an IP address.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IpAddressAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text || IPAddress.TryParse(text, out _);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be an IP address";
}

/// <summary>Addresses or networks in CIDR form, or <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NetworksAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not IEnumerable<string> list
            || list.All(n => n == "*" || IPAddress.TryParse(n, out _) || IPNetwork.TryParse(n, out _));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must hold addresses or networks such as 10.0.0.0/8";
}

/// <summary>Empty or an absolute http or https address.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpAddressAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must be an address such as http://rd.example:21114";
}

/// <summary>A database that <see cref="StoreAddress"/> understands.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DatabaseAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not string text || StoreAddress.TryParse(text, out _, out _);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must be sqlite, a URL such as postgres://user:password@host/name, or a connection string with Host, "
        + "Database, Username and Password";
}

/// <summary>Only these words.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params string[] words) : ValidationAttribute
{
    /// <summary>The words.</summary>
    public IReadOnlyList<string> Words { get; } = words;

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not IEnumerable<string> list || list.All(w => Words.Contains(w, StringComparer.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be one of {string.Join(", ", Words)}";
}

/// <summary>Empty, or long enough to be a secret.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinimumSecretAttribute(int length) : ValidationAttribute
{
    /// <summary>The least number of characters.</summary>
    public int Length { get; } = length;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || text.Length >= Length;

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must have at least {Length} characters";
}
