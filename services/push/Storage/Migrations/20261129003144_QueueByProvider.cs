using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Annex.Push.Storage.Migrations
{
    /// <inheritdoc />
    public partial class QueueByProvider : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_queue_due_at",
                schema: "push",
                table: "queue");

            migrationBuilder.CreateIndex(
                name: "IX_queue_provider_due_at",
                schema: "push",
                table: "queue",
                columns: new[] { "provider", "due_at" },
                filter: "is_pending");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_queue_provider_due_at",
                schema: "push",
                table: "queue");

            migrationBuilder.CreateIndex(
                name: "IX_queue_due_at",
                schema: "push",
                table: "queue",
                column: "due_at",
                filter: "is_pending");
        }
    }
}
