using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>A login that waits for its second step.</summary>
public sealed class LoginChallenge
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>SHA-256 of the handle that the client echoes.</summary>
    public byte[] SecretHash { get; set; } = [];

    /// <summary>Who logs in.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>What is asked for.</summary>
    public ChallengeKind Kind { get; set; }

    /// <summary>
    /// Hash of the code that was sent; empty for an authenticator. Of a link for a forgotten password: of the mail
    /// address it went to.
    /// </summary>
    public byte[] CodeHash { get; set; } = [];

    /// <summary>The device that began.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>Its uuid in base64.</summary>
    public string DeviceUuid { get; set; } = "";

    /// <summary>Wrong codes so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Void from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<LoginChallenge>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<LoginChallenge> builder)
        {
            builder.ToTable("login_challenges");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.SecretHash).IsUnique();
            builder.HasIndex(e => e.ExpiresAt);
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.DeviceUuid).HasMaxLength(400);
        }
    }
}

/// <summary>What the second step of a login asks for.</summary>
public enum ChallengeKind
{
    /// <summary>The code in a mail.</summary>
    Email = 0,

    /// <summary>The code in a short message.</summary>
    Sms = 1,

    /// <summary>A code of the authenticator, or a recovery code.</summary>
    Totp = 2,

    /// <summary>No login: the link of an invitation, where the first password is chosen.</summary>
    Invitation = 3,

    /// <summary>Nothing can be asked yet: the user sets an authenticator up first, in the console.</summary>
    Enrolment = 4,

    /// <summary>No login: the code in a mail to who is signed in already, about the mailbox.</summary>
    Mailbox = 5,

    /// <summary>No login: the link with which somebody who forgot the password chooses another.</summary>
    Forgotten = 6,

    /// <summary>No login: the link with which somebody who registered confirms the address.</summary>
    Registration = 7,
}
