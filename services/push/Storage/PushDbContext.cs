using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>Schema push: registrations and the queue.</summary>
public sealed class PushDbContext(DbContextOptions<PushDbContext> options) : DbContext(options)
{
    public const string Schema = "push";

    public DbSet<RegistrationRow> Registrations => Set<RegistrationRow>();

    public DbSet<QueueRow> Queue => Set<QueueRow>();

    public DbSet<EndpointRow> Endpoints => Set<EndpointRow>();

    public DbSet<StoredMessageRow> Messages => Set<StoredMessageRow>();

    public DbSet<BanRow> Bans => Set<BanRow>();

    public DbSet<NotifiedRow> Notified => Set<NotifiedRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<RegistrationRow>(row =>
        {
            row.ToTable("registrations");
            row.HasKey(r => r.Id);
            row.Property(r => r.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(r => r.Node).HasColumnName("node");
            row.Property(r => r.SecretHash).HasColumnName("secret_hash");
            row.Property(r => r.Owner).HasColumnName("owner");
            row.Property(r => r.DeviceKey).HasColumnName("device_key");
            row.Property(r => r.Device).HasColumnName("device");
            row.Property(r => r.Provider).HasColumnName("provider");
            row.Property(r => r.App).HasColumnName("app");
            row.Property(r => r.Target).HasColumnName("target");
            row.Property(r => r.Room).HasColumnName("room");
            row.Property(r => r.Rooms).HasColumnName("rooms");
            row.Property(r => r.WantsSender).HasColumnName("wants_sender");
            row.Property(r => r.WantsBody).HasColumnName("wants_body");
            row.Property(r => r.RegisteredAt).HasColumnName("registered_at");
            row.Property(r => r.LastDeliveredAt).HasColumnName("last_delivered_at");
            row.Property(r => r.LastOutcome).HasColumnName("last_outcome");
            row.Property(r => r.Failures).HasColumnName("failures");
            row.Property(r => r.GoneAt).HasColumnName("gone_at");
            row.HasIndex(r => r.Node).IsUnique();
            row.HasIndex(r => r.DeviceKey).IsUnique();
            row.HasIndex(r => r.Owner);
        });
        modelBuilder.Entity<QueueRow>(row =>
        {
            row.ToTable("queue");
            row.HasKey(q => q.Key);
            row.Property(q => q.Key).HasColumnName("key");
            row.Property(q => q.RegistrationId).HasColumnName("registration_id");
            row.Property(q => q.Target).HasColumnName("target");
            row.Property(q => q.Provider).HasColumnName("provider");
            row.Property(q => q.App).HasColumnName("app");
            row.Property(q => q.Payload).HasColumnName("payload");
            row.Property(q => q.Urgency).HasColumnName("urgency");
            row.Property(q => q.IsCall).HasColumnName("is_call");
            row.Property(q => q.IsPending).HasColumnName("is_pending");
            row.Property(q => q.Version).HasColumnName("version");
            row.Property(q => q.Attempts).HasColumnName("attempts");
            row.Property(q => q.DueAt).HasColumnName("due_at");
            row.Property(q => q.ExpiresAt).HasColumnName("expires_at");
            row.Property(q => q.ClaimedUntil).HasColumnName("claimed_until");
            row.Property(q => q.SentAt).HasColumnName("sent_at");
            row.Property(q => q.Trace).HasColumnName("trace");
            row.HasIndex(q => new { q.Provider, q.DueAt }).HasFilter("is_pending");
            row.HasIndex(q => q.RegistrationId);
        });
        AddUnifiedPush(modelBuilder);
        modelBuilder.Entity<BanRow>(row =>
        {
            row.ToTable("bans");
            row.HasKey(b => b.Subject);
            row.Property(b => b.Subject).HasColumnName("subject");
            row.Property(b => b.Until).HasColumnName("until");
        });
        modelBuilder.Entity<NotifiedRow>(row =>
        {
            row.ToTable("notified");
            row.HasKey(n => n.Id);
            row.Property(n => n.Id).HasColumnName("id");
            row.Property(n => n.At).HasColumnName("at");
        });
    }

    private static void AddUnifiedPush(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<EndpointRow>(row =>
        {
            row.ToTable("endpoints");
            row.HasKey(e => e.Id);
            row.Property(e => e.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(e => e.TokenHash).HasColumnName("token_hash");
            row.Property(e => e.Token).HasColumnName("token");
            row.Property(e => e.Owner).HasColumnName("owner");
            row.Property(e => e.Client).HasColumnName("client");
            row.Property(e => e.Application).HasColumnName("application");
            row.Property(e => e.Instance).HasColumnName("instance");
            row.Property(e => e.ExpiresAt).HasColumnName("expires_at");
            row.HasIndex(e => e.TokenHash).IsUnique();
            row.HasIndex(e => new { e.Owner, e.Application, e.Instance }).IsUnique();
        });
        modelBuilder.Entity<StoredMessageRow>(row =>
        {
            row.ToTable("messages");
            row.HasKey(m => m.Id);
            row.Property(m => m.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(m => m.EndpointId).HasColumnName("endpoint_id");
            row.Property(m => m.Body).HasColumnName("body");
            row.Property(m => m.Topic).HasColumnName("topic");
            row.Property(m => m.ExpiresAt).HasColumnName("expires_at");
            row.HasIndex(m => m.EndpointId);
            row.HasIndex(m => m.ExpiresAt);
            row.HasOne<EndpointRow>().WithMany().HasForeignKey(m => m.EndpointId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
