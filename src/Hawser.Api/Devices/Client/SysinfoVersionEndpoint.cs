using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Devices.Client;

/// <summary>
/// <c>POST /api/sysinfo_ver</c> (reference §8.2), of old clients: when it is the text that they were told at their last
/// upload they skip the next one, so it is another one after each start of the server.
/// </summary>
internal static class SysinfoVersionEndpoint
{
    private static readonly string Tag = Guid.NewGuid().ToString("N");

    public static IResult Handle() => ClientResults.Text(Tag);
}
