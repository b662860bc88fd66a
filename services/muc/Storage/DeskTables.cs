using Microsoft.EntityFrameworkCore;

namespace Annex.Muc.Storage;

/// <summary>The tables of the moderation desk, as part of MucDbContext's model.</summary>
internal static class DeskTables
{
    private const string ByBytes = "C";

    public static void Create(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<MuteRow>(row =>
        {
            row.ToTable("mutes").HasKey(m => new { m.Room, m.Subject });
            row.Property(m => m.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(m => m.Subject).HasColumnName("subject").UseCollation(ByBytes);
            row.Property(m => m.Until).HasColumnName("until");
            row.Property(m => m.Reason).HasColumnName("reason");
            row.Property(m => m.MutedBy).HasColumnName("muted_by");
            row.Property(m => m.MutedAt).HasColumnName("muted_at");
            row.HasIndex(m => m.Subject);
        });
        modelBuilder.Entity<VCardRow>(row =>
        {
            row.ToTable("vcards").HasKey(v => v.Room);
            row.Property(v => v.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(v => v.VCard).HasColumnName("vcard");
        });
        modelBuilder.Entity<AuditRow>(row =>
        {
            row.ToTable("audit").HasKey(a => a.Id);
            row.Property(a => a.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(a => a.At).HasColumnName("at");
            row.Property(a => a.Room).HasColumnName("room").UseCollation(ByBytes);
            row.Property(a => a.Actor).HasColumnName("actor").UseCollation(ByBytes);
            row.Property(a => a.Action).HasColumnName("action");
            row.Property(a => a.Target).HasColumnName("target").UseCollation(ByBytes);
            row.Property(a => a.Reason).HasColumnName("reason");
            row.Property(a => a.Details).HasColumnName("details");
            row.HasIndex(a => new { a.Room, a.Id });
            row.HasIndex(a => a.At);
        });
        modelBuilder.Entity<BanRow>(row =>
        {
            row.ToTable("bans").HasKey(b => b.Subject);
            row.Property(b => b.Subject).HasColumnName("subject").UseCollation(ByBytes);
            row.Property(b => b.Reason).HasColumnName("reason");
            row.Property(b => b.Until).HasColumnName("until");
            row.Property(b => b.AddedAt).HasColumnName("added_at");
            row.Property(b => b.AddedBy).HasColumnName("added_by");
        });
    }
}
