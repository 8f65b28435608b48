namespace Hawser.Controller.Calling;

/// <summary>Texts of a host or a server, for this terminal: they may hold what moves its cursor, or worse.</summary>
internal static class Plain
{
    public static string Text(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '?' : c));
}
