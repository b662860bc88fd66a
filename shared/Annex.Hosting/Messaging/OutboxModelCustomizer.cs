using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Annex.Hosting.Messaging;

/// <summary>Lets every service's context write outbox rows, without a line in its model or its migrations.</summary>
internal sealed class OutboxModelCustomizer(ModelCustomizerDependencies dependencies)
    : RelationalModelCustomizer(dependencies)
{
    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);
        modelBuilder.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox", table => table.ExcludeFromMigrations());
            row.HasKey(r => r.Id);
            row.Property(r => r.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(r => r.MessageId).HasColumnName("message_id");
            row.Property(r => r.Type).HasColumnName("type");
            row.Property(r => r.Body).HasColumnName("body");
            row.Property(r => r.Trace).HasColumnName("trace");
        });
    }
}
