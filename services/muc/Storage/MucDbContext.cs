using Microsoft.EntityFrameworkCore;

namespace Annex.Muc.Storage;

/// <summary>Schema muc: the model for migrations and for the cold paths. What is hot writes and reads by hand (BatchWriter,
/// RoomStore).</summary>
internal sealed class MucDbContext(DbContextOptions<MucDbContext> options) : DbContext(options)
{
    public const string Schema = "muc";

    /// <summary>Order by bytes: the same as Jid's, and independent of the cluster's locale.</summary>
    private const string ByBytes = "C";

    public DbSet<RoomRow> Rooms => Set<RoomRow>();

    public DbSet<AffiliationRow> Affiliations => Set<AffiliationRow>();

    public DbSet<OccupantRow> Occupants => Set<OccupantRow>();

    public DbSet<TombstoneRow> Tombstones => Set<TombstoneRow>();

    public DbSet<ArchiveRow> Archives => Set<ArchiveRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<SubscriptionRow> Subscriptions => Set<SubscriptionRow>();

    public DbSet<TextRow> Texts => Set<TextRow>();

    public DbSet<SettingRow> Settings => Set<SettingRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<RoomRow>(row =>
        {
            row.ToTable("rooms").HasKey(r => r.Room);
            row.Property(r => r.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(r => r.Name).HasColumnName("name");
            row.Property(r => r.IsPublic).HasColumnName("is_public");
            row.Property(r => r.Configuration).HasColumnName("configuration").HasColumnType("jsonb");
            row.Property(r => r.Creator).HasColumnName("creator").UseCollation(ByBytes);
            row.Property(r => r.CreatedAt).HasColumnName("created_at");
            row.Property(r => r.Subject).HasColumnName("subject").HasColumnType("jsonb");
            row.Property(r => r.Version).HasColumnName("version");
            row.HasIndex(r => r.Room).HasFilter("is_public").HasDatabaseName("rooms_public");
            row.HasIndex(r => r.Creator);
        });
        modelBuilder.Entity<AffiliationRow>(row =>
        {
            row.ToTable("affiliations").HasKey(a => new { a.Room, a.Subject });
            row.Property(a => a.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(a => a.Subject).HasColumnName("subject").UseCollation(ByBytes);
            row.Property(a => a.Affiliation).HasColumnName("affiliation");
            row.Property(a => a.Nick).HasColumnName("nick");
            row.Property(a => a.Reason).HasColumnName("reason");
            row.Property(a => a.ChangedBy).HasColumnName("changed_by");
            row.Property(a => a.ChangedAt).HasColumnName("changed_at");
            row.Property(a => a.Until).HasColumnName("until");
            row.HasIndex(a => a.Subject);
        });
        modelBuilder.Entity<OccupantRow>(row =>
        {
            row.ToTable("occupants").HasKey(o => new { o.Room, o.Session });
            row.Property(o => o.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(o => o.Session).HasColumnName("session").UseCollation(ByBytes);
            row.Property(o => o.Nick).HasColumnName("nick");
            row.Property(o => o.Role).HasColumnName("role");
            row.Property(o => o.Presence).HasColumnName("presence");
        });
        modelBuilder.Entity<TombstoneRow>(row =>
        {
            row.ToTable("tombstones").HasKey(t => t.Room);
            row.Property(t => t.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(t => t.DestroyedBy).HasColumnName("destroyed_by");
            row.Property(t => t.Alternate).HasColumnName("alternate");
            row.Property(t => t.Reason).HasColumnName("reason");
            row.Property(t => t.At).HasColumnName("at");
            row.Property(t => t.Until).HasColumnName("until");
        });
        modelBuilder.Entity<SubscriptionRow>(row =>
        {
            row.ToTable("subscriptions").HasKey(s => new { s.Room, s.Subject });
            row.Property(s => s.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(s => s.Subject).HasColumnName("subject").UseCollation(ByBytes);
            row.Property(s => s.Nick).HasColumnName("nick");
            row.Property(s => s.Nodes).HasColumnName("nodes");
            row.HasIndex(s => s.Subject);
        });
        modelBuilder.Entity<SettingRow>(row =>
        {
            row.ToTable("settings").HasKey(s => s.Name);
            row.Property(s => s.Name).HasColumnName("name");
            row.Property(s => s.Value).HasColumnName("value");
        });
        OnArchiveCreating(modelBuilder);
        DeskTables.Create(modelBuilder);
    }

    private static void OnArchiveCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ArchiveRow>(row =>
        {
            row.ToTable("archives").HasKey(a => a.Id);
            row.Property(a => a.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(a => a.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(a => a.RemovedAt).HasColumnName("removed_at");
            row.Property(a => a.Counted).HasColumnName("counted");
            row.Property(a => a.Bytes).HasColumnName("bytes");
            row.Property(a => a.Indexed).HasColumnName("indexed");
            row.HasIndex(a => a.Room).IsUnique();
        });
        modelBuilder.Entity<TextRow>(row =>
        {
            row.ToTable("texts").HasKey(t => new { t.Archive, t.Number });
            row.Property(t => t.Archive).HasColumnName("archive");
            row.Property(t => t.Number).HasColumnName("number");
            row.Property(t => t.Words).HasColumnName("words");
            row.HasIndex(t => t.Words).HasMethod("GIN");
        });
        modelBuilder.Entity<MessageRow>(row =>
        {
            row.ToTable("messages").HasKey(m => new { m.Archive, m.Number });
            row.Property(m => m.Archive).HasColumnName("archive");
            row.Property(m => m.Number).HasColumnName("number");
            row.Property(m => m.Id).HasColumnName("id");
            row.Property(m => m.At).HasColumnName("at");
            row.Property(m => m.Sender).HasColumnName("sender");
            row.Property(m => m.Author).HasColumnName("author").UseCollation(ByBytes);
            row.Property(m => m.OccupantId).HasColumnName("occupant_id");
            row.Property(m => m.RawId).HasColumnName("raw_id");
            row.Property(m => m.Tail).HasColumnName("tail");
            row.Property(m => m.IsHistory).HasColumnName("is_history");
            row.HasIndex(m => new { m.Archive, m.Id }).IsUnique();
            row.HasIndex(m => new { m.Archive, m.At });
        });
    }
}
