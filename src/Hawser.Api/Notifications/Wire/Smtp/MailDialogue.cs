using System.Text;

namespace Hawser.Api.Notifications.Wire.Smtp;

/// <summary>
/// What this server and a mail server said to each other, for people. Secrets are stars, also where the other side
/// repeats them.
/// </summary>
internal sealed class MailDialogue
{
    internal const string Us = "client";
    internal const string Them = "server";
    internal const string Note = "note";
    private const string Stars = "********";
    private const int MostTurns = 100;
    private const int LongestTurn = 500;

    private readonly Lock _gate = new();
    private readonly List<(string By, string Text)> _turns = [];
    private readonly List<string> _secrets = [];

    /// <summary>What was said so far.</summary>
    public IReadOnlyList<(string By, string Text)> Turns
    {
        get
        {
            lock (_gate) return [.. _turns];
        }
    }

    /// <summary>Keeps a text, and its base64, out of what is shown.</summary>
    public void Hide(string secret)
    {
        if (secret.Length == 0) return;
        _secrets.Add(secret);
        _secrets.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
    }

    /// <summary>A text without secrets and without what a terminal would obey, and not too long.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, Stars, StringComparison.Ordinal);
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return clean.Length > LongestTurn ? clean[..LongestTurn] + "…" : clean;
    }

    /// <summary>Adds a line.</summary>
    public void Add(string by, string text)
    {
        lock (_gate)
        {
            if (_turns.Count < MostTurns) _turns.Add((by, Clean(text)));
        }
    }
}
