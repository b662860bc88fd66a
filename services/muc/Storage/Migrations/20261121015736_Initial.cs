using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Annex.Muc.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "muc");

            migrationBuilder.CreateTable(
                name: "affiliations",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    affiliation = table.Column<byte>(type: "smallint", nullable: false),
                    nick = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    changed_by = table.Column<string>(type: "text", nullable: true),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_affiliations", x => new { x.room, x.subject });
                });

            migrationBuilder.CreateTable(
                name: "archives",
                schema: "muc",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    room = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    removed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_archives", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "messages",
                schema: "muc",
                columns: table => new
                {
                    archive = table.Column<long>(type: "bigint", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    sender = table.Column<string>(type: "text", nullable: false),
                    author = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    occupant_id = table.Column<byte[]>(type: "bytea", nullable: false),
                    raw_id = table.Column<byte[]>(type: "bytea", nullable: false),
                    tail = table.Column<byte[]>(type: "bytea", nullable: false),
                    is_history = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages", x => new { x.archive, x.number });
                });

            migrationBuilder.CreateTable(
                name: "occupants",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    session = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    nick = table.Column<string>(type: "text", nullable: false),
                    role = table.Column<byte>(type: "smallint", nullable: false),
                    presence = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_occupants", x => new { x.room, x.session });
                });

            migrationBuilder.CreateTable(
                name: "rooms",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false),
                    is_public = table.Column<bool>(type: "boolean", nullable: false),
                    configuration = table.Column<string>(type: "jsonb", nullable: false),
                    creator = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    subject = table.Column<string>(type: "jsonb", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rooms", x => x.room);
                });

            migrationBuilder.CreateTable(
                name: "settings",
                schema: "muc",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settings", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "tombstones",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    destroyed_by = table.Column<string>(type: "text", nullable: false),
                    alternate = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tombstones", x => x.room);
                });

            migrationBuilder.CreateIndex(
                name: "IX_affiliations_subject",
                schema: "muc",
                table: "affiliations",
                column: "subject");

            migrationBuilder.CreateIndex(
                name: "IX_archives_room",
                schema: "muc",
                table: "archives",
                column: "room",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_messages_archive_at",
                schema: "muc",
                table: "messages",
                columns: new[] { "archive", "at" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_archive_id",
                schema: "muc",
                table: "messages",
                columns: new[] { "archive", "id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_rooms_creator",
                schema: "muc",
                table: "rooms",
                column: "creator");

            migrationBuilder.CreateIndex(
                name: "rooms_public",
                schema: "muc",
                table: "rooms",
                column: "room",
                filter: "is_public");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "affiliations",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "archives",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "messages",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "occupants",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "rooms",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "settings",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "tombstones",
                schema: "muc");
        }
    }
}
