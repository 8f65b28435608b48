namespace Hawser.Server.Tests.Relay;

/// <summary>The joins of the reference §7.6, frame included.</summary>
internal static class RelayVectors
{
    public const string Key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

    private const string HexOfA =
        "890192015f0a09313233343536373839122430303131323233332d343435352d343637372d383839392d616162626363"
        + "646465656666322c41364548762f504f454c3464634e3059353076416d57666b316a436270513166486479475a424a56"
        + "4d62673d";

    private const string HexOfB =
        "5d01920154122430303131323233332d343435352d343637372d383839392d616162626363646465656666322c413645"
        + "48762f504f454c3464634e3059353076416d57666b316a436270513166486479475a424a564d62673d";

    public static byte[] JoinOfA => Convert.FromHexString(HexOfA);

    public static byte[] JoinOfB => Convert.FromHexString(HexOfB);
}
