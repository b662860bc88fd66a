using System;
using Microsoft.EntityFrameworkCore.Migrations;
using NpgsqlTypes;

#nullable disable

namespace Annex.Search.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "search");

            migrationBuilder.CreateTable(
                name: "avatars",
                schema: "search",
                columns: table => new
                {
                    jid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    hash = table.Column<string>(type: "text", nullable: false),
                    image = table.Column<byte[]>(type: "bytea", nullable: true),
                    fetched_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_avatars", x => x.jid);
                });

            migrationBuilder.CreateTable(
                name: "delistings",
                schema: "search",
                columns: table => new
                {
                    subject = table.Column<string>(type: "text", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_delistings", x => x.subject);
                });

            migrationBuilder.CreateTable(
                name: "domains",
                schema: "search",
                columns: table => new
                {
                    domain = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    origin = table.Column<string>(type: "text", nullable: false),
                    software = table.Column<string>(type: "text", nullable: true),
                    abuse_contacts = table.Column<string[]>(type: "text[]", nullable: false),
                    first_seen = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_seen = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    next_visit = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_domains", x => x.domain);
                });

            migrationBuilder.CreateTable(
                name: "rooms",
                schema: "search",
                columns: table => new
                {
                    jid = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    domain = table.Column<string>(type: "text", nullable: false),
                    is_ours = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    occupancy_version = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "text", nullable: true),
                    primary_language = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    occupants = table.Column<int>(type: "integer", nullable: false),
                    is_open = table.Column<bool>(type: "boolean", nullable: false),
                    is_non_anonymous = table.Column<bool>(type: "boolean", nullable: false),
                    is_moderated = table.Column<bool>(type: "boolean", nullable: false),
                    is_nsfw = table.Column<bool>(type: "boolean", nullable: false),
                    flags = table.Column<string[]>(type: "text[]", nullable: false),
                    avatar_hash = table.Column<string>(type: "text", nullable: true),
                    web_chat_url = table.Column<string>(type: "text", nullable: true),
                    logs_url = table.Column<string>(type: "text", nullable: true),
                    is_present = table.Column<bool>(type: "boolean", nullable: false),
                    is_listed = table.Column<bool>(type: "boolean", nullable: false),
                    activity = table.Column<float>(type: "real", nullable: false),
                    activity_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    popularity = table.Column<int>(type: "integer", nullable: false),
                    first_seen = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_seen = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    name_key = table.Column<string>(type: "text", nullable: false),
                    local_key = table.Column<string>(type: "text", nullable: false),
                    words = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rooms", x => x.jid);
                });

            migrationBuilder.CreateIndex(
                name: "domains_by_next_visit",
                schema: "search",
                table: "domains",
                column: "next_visit");

            migrationBuilder.CreateIndex(
                name: "rooms_by_address",
                schema: "search",
                table: "rooms",
                column: "jid",
                filter: "is_listed");

            migrationBuilder.CreateIndex(
                name: "rooms_by_domain",
                schema: "search",
                table: "rooms",
                column: "domain");

            migrationBuilder.CreateIndex(
                name: "rooms_by_first_seen",
                schema: "search",
                table: "rooms",
                column: "first_seen",
                filter: "is_listed");

            migrationBuilder.CreateIndex(
                name: "rooms_by_local",
                schema: "search",
                table: "rooms",
                column: "local_key",
                filter: "is_listed");

            migrationBuilder.CreateIndex(
                name: "rooms_by_name",
                schema: "search",
                table: "rooms",
                column: "name_key",
                filter: "is_listed");

            migrationBuilder.CreateIndex(
                name: "rooms_by_occupants",
                schema: "search",
                table: "rooms",
                columns: new[] { "occupants", "jid" },
                descending: new[] { true, false },
                filter: "is_listed");

            migrationBuilder.CreateIndex(
                name: "rooms_by_popularity",
                schema: "search",
                table: "rooms",
                columns: new[] { "popularity", "jid" },
                descending: new[] { true, false },
                filter: "is_listed");

            migrationBuilder.CreateIndex(
                name: "rooms_words",
                schema: "search",
                table: "rooms",
                column: "words",
                filter: "is_listed")
                .Annotation("Npgsql:IndexMethod", "gin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "avatars",
                schema: "search");

            migrationBuilder.DropTable(
                name: "delistings",
                schema: "search");

            migrationBuilder.DropTable(
                name: "domains",
                schema: "search");

            migrationBuilder.DropTable(
                name: "rooms",
                schema: "search");
        }
    }
}
