using System.Text;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>Reads a small form, without the framework's model and its limits' exceptions.</summary>
internal static class FormReader
{
    /// <summary>The form; null when it is too large.</summary>
    public static async ValueTask<Dictionary<string, StringValues>?> ReadAsync(HttpContext context) =>
        await ClientBody.ReadBytesAsync(context, 16 << 10) is { } bytes
            ? QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes)) : null;
}
