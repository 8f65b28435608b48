namespace Hawser.Session.Files;

/// <summary>A file request that is not followed; the text crosses the wire (§20.3).</summary>
/// <param name="message">Why.</param>
public sealed class FileRefusal(string message) : IOException(message);
