using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Annex.Search.Storage.Migrations
{
    /// <inheritdoc />
    public partial class BansAndChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<ulong>(
                name: "changed_by",
                schema: "search",
                table: "rooms",
                type: "xid8",
                nullable: false,
                defaultValueSql: "pg_current_xact_id()");

            migrationBuilder.CreateTable(
                name: "bans",
                schema: "search",
                columns: table => new
                {
                    subject = table.Column<string>(type: "text", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bans", x => x.subject);
                });

            migrationBuilder.CreateIndex(
                name: "rooms_by_change",
                schema: "search",
                table: "rooms",
                column: "changed_by");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bans",
                schema: "search");

            migrationBuilder.DropIndex(
                name: "rooms_by_change",
                schema: "search",
                table: "rooms");

            migrationBuilder.DropColumn(
                name: "changed_by",
                schema: "search",
                table: "rooms");
        }
    }
}
