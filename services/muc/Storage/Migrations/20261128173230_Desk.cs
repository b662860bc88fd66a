using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Annex.Muc.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Desk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "until",
                schema: "muc",
                table: "affiliations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit",
                schema: "muc",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    room = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    action = table.Column<string>(type: "text", nullable: false),
                    target = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: true),
                    details = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "bans",
                schema: "muc",
                columns: table => new
                {
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: true),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    added_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    added_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bans", x => x.subject);
                });

            migrationBuilder.CreateTable(
                name: "mutes",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    muted_by = table.Column<string>(type: "text", nullable: false),
                    muted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mutes", x => new { x.room, x.subject });
                });

            migrationBuilder.CreateTable(
                name: "vcards",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    vcard = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vcards", x => x.room);
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_at",
                schema: "muc",
                table: "audit",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_audit_room_id",
                schema: "muc",
                table: "audit",
                columns: new[] { "room", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_mutes_subject",
                schema: "muc",
                table: "mutes",
                column: "subject");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "bans",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "mutes",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "vcards",
                schema: "muc");

            migrationBuilder.DropColumn(
                name: "until",
                schema: "muc",
                table: "affiliations");
        }
    }
}
