namespace Hawser.Api.Accounts.Passwords;

/// <summary>Which passwords are taken: long enough, and not what everybody tries first.</summary>
internal static class PasswordPolicy
{
    internal const int MinimumLength = 8;
    internal const int MaximumLength = 256;

    /// <summary>More characters are not demanded.</summary>
    internal const int MostDemanded = 64;

    // Of the passwords that are tried first, those that are long enough to pass otherwise.
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "12345678", "123456789", "1234567890", "12345679", "87654321", "987654321", "11111111", "00000000",
        "88888888", "66666666", "12341234", "11223344", "123123123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx",
        "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "asdfghjk", "asdfghjkl", "zxcvbnm1", "q1w2e3r4",
        "password", "password1", "password12", "password123", "passw0rd", "p@ssword", "p@ssw0rd", "pass1234",
        "admin123", "admin1234", "administrator", "adminadmin", "rootroot", "root1234", "test1234", "testtest",
        "changeme", "changeme1", "welcome1", "welcome123", "letmein1", "iloveyou", "sunshine", "princess",
        "football", "baseball", "superman", "trustno1", "starwars", "whatever", "computer", "internet", "samsung1",
        "abcd1234", "abc12345", "abcdefgh", "a1234567", "aa123456", "woaini1314", "5201314520", "rustdesk",
        "rustdesk1", "rustdesk123", "remote123", "hawser123", "Aa123456789", "Password1!", "Passw0rd!", "Admin123!",
    };

    /// <summary>What is wrong with a password, as a sentence; null: nothing.</summary>
    public static string? Complaint(string name, string password, AccountSettings settings)
    {
        var least = Math.Max(MinimumLength, settings.PasswordLength);
        if (password.Length < least) return $"A password has at least {least} characters.";
        if (password.Length > MaximumLength) return "A password has at most 256 characters.";
        if (string.Equals(name, password, StringComparison.OrdinalIgnoreCase)) return "The password is the name.";
        if (password.Distinct().Count() < 3) return "The password is too simple.";
        if (settings.BlockedWords.Any(w => password.Contains(w, StringComparison.OrdinalIgnoreCase)))
        {
            return "There is a word in the password that is not allowed here.";
        }

        return Common.Contains(password) ? "That password is one of those that are tried first." : null;
    }
}
