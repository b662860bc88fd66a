using Microsoft.EntityFrameworkCore;

namespace Annex.Upload.Storage;

/// <summary>The tables, for migrations and for reading. What has to be atomic and quick is SQL: see <see cref="SlotTable"/>.</summary>
public sealed class UploadDb(DbContextOptions<UploadDb> options) : DbContext(options)
{
    public const string Schema = "upload";

    public DbSet<UploadFile> Files => Set<UploadFile>();

    public DbSet<UserUsage> Usage => Set<UserUsage>();

    public DbSet<BlockedHash> BlockedHashes => Set<BlockedHash>();

    public DbSet<Ban> Bans => Set<Ban>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<UploadFile>(file =>
        {
            file.ToTable("files");
            file.HasKey(f => f.Id);
            file.Property(f => f.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            file.Property(f => f.Path).HasColumnName("path");
            file.Property(f => f.Owner).HasColumnName("owner");
            file.Property(f => f.Name).HasColumnName("name");
            file.Property(f => f.ContentType).HasColumnName("content_type");
            file.Property(f => f.IsTypeBound).HasColumnName("is_type_bound");
            file.Property(f => f.Size).HasColumnName("size");
            file.Property(f => f.Purpose).HasColumnName("purpose");
            file.Property(f => f.State).HasColumnName("state");
            file.Property(f => f.IsStaged).HasColumnName("is_staged");
            file.Property(f => f.Created).HasColumnName("created");
            file.Property(f => f.Lease).HasColumnName("lease");
            file.Property(f => f.Expires).HasColumnName("expires");
            file.Property(f => f.Stored).HasColumnName("stored");
            file.Property(f => f.Blob).HasColumnName("blob");
            file.Property(f => f.Sha256).HasColumnName("sha256");
            file.HasIndex(f => f.Path).IsUnique();
            file.HasIndex(f => new { f.Owner, f.Id });
            file.HasIndex(f => f.Lease).HasFilter("state = 0");
            file.HasIndex(f => f.Expires).HasFilter("expires is not null");
            file.HasIndex(f => f.Blob).IsUnique().HasFilter("blob is not null");
            file.HasIndex(f => f.Sha256).HasFilter("sha256 is not null");
        });
        modelBuilder.Entity<UserUsage>(usage =>
        {
            usage.ToTable("usage");
            usage.HasKey(u => u.Owner);
            usage.Property(u => u.Owner).HasColumnName("owner");
            usage.Property(u => u.Domain).HasColumnName("domain");
            usage.Property(u => u.MessageBytes).HasColumnName("message_bytes");
            usage.Property(u => u.ProfileBytes).HasColumnName("profile_bytes");
            usage.Property(u => u.EphemeralBytes).HasColumnName("ephemeral_bytes");
            usage.Property(u => u.PermanentBytes).HasColumnName("permanent_bytes");
            usage.Property(u => u.Files).HasColumnName("files");
        });
        ConfigureSmallTables(modelBuilder);
    }

    private static void ConfigureSmallTables(ModelBuilder model)
    {
        model.Entity<DoomedBlob>(doomed =>
        {
            doomed.ToTable("doomed_blobs");
            doomed.HasKey(d => d.Blob);
            doomed.Property(d => d.Blob).HasColumnName("blob");
            doomed.Property(d => d.Since).HasColumnName("since");
        });
        model.Entity<BlockedHash>(blocked =>
        {
            blocked.ToTable("blocked_hashes");
            blocked.HasKey(b => b.Sha256);
            blocked.Property(b => b.Sha256).HasColumnName("sha256");
            blocked.Property(b => b.Reason).HasColumnName("reason");
            blocked.Property(b => b.At).HasColumnName("at");
        });
        model.Entity<Ban>(ban =>
        {
            ban.ToTable("bans");
            ban.HasKey(b => b.Subject);
            ban.Property(b => b.Subject).HasColumnName("subject");
            ban.Property(b => b.Until).HasColumnName("until");
        });
        model.Entity<ServiceSecret>(secret =>
        {
            secret.ToTable("secrets");
            secret.HasKey(s => s.Name);
            secret.Property(s => s.Name).HasColumnName("name");
            secret.Property(s => s.Value).HasColumnName("value");
        });
    }
}
