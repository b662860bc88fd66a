using Microsoft.EntityFrameworkCore;

namespace Annex.Search.Storage;

/// <summary>Schema search. The model is for migrations and cold paths; searching and indexing are SQL of their own
/// (<see cref="RoomFinder"/>, <see cref="RoomStore"/>).</summary>
public sealed class SearchDbContext(DbContextOptions<SearchDbContext> options) : DbContext(options)
{
    public const string Schema = "search";

    public DbSet<RoomRow> Rooms => Set<RoomRow>();

    public DbSet<DelistingRow> Delistings => Set<DelistingRow>();

    public DbSet<DomainRow> Domains => Set<DomainRow>();

    public DbSet<BanRow> Bans => Set<BanRow>();

    public DbSet<AvatarRow> Avatars => Set<AvatarRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<RoomRow>(row =>
        {
            row.ToTable("rooms");
            row.HasKey(r => r.Jid);
            // Octet order: what Cursor and the protocol's sort by address mean.
            row.Property(r => r.Jid).HasColumnName("jid").UseCollation("C");
            row.Property(r => r.Domain).HasColumnName("domain");
            row.Property(r => r.IsOurs).HasColumnName("is_ours");
            row.Property(r => r.Version).HasColumnName("version");
            row.Property(r => r.OccupancyVersion).HasColumnName("occupancy_version");
            row.Property(r => r.Name).HasColumnName("name");
            row.Property(r => r.Description).HasColumnName("description");
            row.Property(r => r.Language).HasColumnName("language");
            row.Property(r => r.PrimaryLanguage).HasColumnName("primary_language");
            row.Property(r => r.Tags).HasColumnName("tags");
            row.Property(r => r.Occupants).HasColumnName("occupants");
            row.Property(r => r.IsOpen).HasColumnName("is_open");
            row.Property(r => r.IsNonAnonymous).HasColumnName("is_non_anonymous");
            row.Property(r => r.IsModerated).HasColumnName("is_moderated");
            row.Property(r => r.IsNsfw).HasColumnName("is_nsfw");
            row.Property(r => r.Flags).HasColumnName("flags");
            row.Property(r => r.AvatarHash).HasColumnName("avatar_hash");
            row.Property(r => r.WebChatUrl).HasColumnName("web_chat_url");
            row.Property(r => r.LogsUrl).HasColumnName("logs_url");
            row.Property(r => r.IsPresent).HasColumnName("is_present");
            row.Property(r => r.IsListed).HasColumnName("is_listed");
            row.Property(r => r.Activity).HasColumnName("activity");
            row.Property(r => r.ActivityAt).HasColumnName("activity_at");
            row.Property(r => r.Popularity).HasColumnName("popularity");
            row.Property(r => r.FirstSeen).HasColumnName("first_seen");
            row.Property(r => r.LastSeen).HasColumnName("last_seen");
            row.Property(r => r.ChangedAt).HasColumnName("changed_at");
            row.Property(r => r.NameKey).HasColumnName("name_key");
            row.Property(r => r.LocalKey).HasColumnName("local_key");
            row.Property(r => r.Words).HasColumnName("words");
            row.Property(r => r.ChangedBy).HasColumnName("changed_by").HasColumnType("xid8")
                .HasDefaultValueSql("pg_current_xact_id()");
            row.HasIndex(r => r.ChangedBy).HasDatabaseName("rooms_by_change");
            // One index per order of results, and the words; only what is listed is in them.
            row.HasIndex(r => r.Words).HasMethod("gin").HasFilter("is_listed").HasDatabaseName("rooms_words");
            row.HasIndex(r => new { r.Popularity, r.Jid }).IsDescending(true, false).HasFilter("is_listed")
                .HasDatabaseName("rooms_by_popularity");
            row.HasIndex(r => new { r.Occupants, r.Jid }).IsDescending(true, false).HasFilter("is_listed")
                .HasDatabaseName("rooms_by_occupants");
            row.HasIndex(r => r.Jid).HasFilter("is_listed").HasDatabaseName("rooms_by_address");
            row.HasIndex(r => r.NameKey).HasFilter("is_listed").HasDatabaseName("rooms_by_name");
            row.HasIndex(r => r.LocalKey).HasFilter("is_listed").HasDatabaseName("rooms_by_local");
            row.HasIndex(r => r.Domain).HasDatabaseName("rooms_by_domain");
            row.HasIndex(r => r.FirstSeen).HasFilter("is_listed").HasDatabaseName("rooms_by_first_seen");
        });
        modelBuilder.Entity<DelistingRow>(row =>
        {
            row.ToTable("delistings");
            row.HasKey(d => d.Subject);
            row.Property(d => d.Subject).HasColumnName("subject");
            row.Property(d => d.By).HasColumnName("by");
            row.Property(d => d.Reason).HasColumnName("reason");
            row.Property(d => d.At).HasColumnName("at");
        });
        modelBuilder.Entity<DomainRow>(row =>
        {
            row.ToTable("domains");
            row.HasKey(d => d.Domain);
            row.Property(d => d.Domain).HasColumnName("domain");
            row.Property(d => d.Kind).HasColumnName("kind");
            row.Property(d => d.Origin).HasColumnName("origin");
            row.Property(d => d.Software).HasColumnName("software");
            row.Property(d => d.AbuseContacts).HasColumnName("abuse_contacts");
            row.Property(d => d.FirstSeen).HasColumnName("first_seen");
            row.Property(d => d.LastSeen).HasColumnName("last_seen");
            row.Property(d => d.NextVisit).HasColumnName("next_visit");
            row.Property(d => d.Failures).HasColumnName("failures");
            row.Property(d => d.LastError).HasColumnName("last_error");
            row.HasIndex(d => d.NextVisit).HasDatabaseName("domains_by_next_visit");
        });
        modelBuilder.Entity<BanRow>(row =>
        {
            row.ToTable("bans");
            row.HasKey(b => b.Subject);
            row.Property(b => b.Subject).HasColumnName("subject");
            row.Property(b => b.Until).HasColumnName("until");
        });
        modelBuilder.Entity<AvatarRow>(row =>
        {
            row.ToTable("avatars");
            row.HasKey(a => a.Jid);
            row.Property(a => a.Jid).HasColumnName("jid").UseCollation("C");
            row.Property(a => a.Hash).HasColumnName("hash");
            row.Property(a => a.Image).HasColumnName("image");
            row.Property(a => a.FetchedAt).HasColumnName("fetched_at");
        });
    }
}
