using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Annex.Upload.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "upload");

            migrationBuilder.CreateTable(
                name: "bans",
                schema: "upload",
                columns: table => new
                {
                    subject = table.Column<string>(type: "text", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bans", x => x.subject);
                });

            migrationBuilder.CreateTable(
                name: "blocked_hashes",
                schema: "upload",
                columns: table => new
                {
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_blocked_hashes", x => x.sha256);
                });

            migrationBuilder.CreateTable(
                name: "doomed_blobs",
                schema: "upload",
                columns: table => new
                {
                    blob = table.Column<string>(type: "text", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_doomed_blobs", x => x.blob);
                });

            migrationBuilder.CreateTable(
                name: "files",
                schema: "upload",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    path = table.Column<string>(type: "text", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    content_type = table.Column<string>(type: "text", nullable: false),
                    is_type_bound = table.Column<bool>(type: "boolean", nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    purpose = table.Column<short>(type: "smallint", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    is_staged = table.Column<bool>(type: "boolean", nullable: false),
                    created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    lease = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    stored = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    blob = table.Column<string>(type: "text", nullable: true),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_files", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "secrets",
                schema: "upload",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_secrets", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "usage",
                schema: "upload",
                columns: table => new
                {
                    owner = table.Column<string>(type: "text", nullable: false),
                    domain = table.Column<string>(type: "text", nullable: false),
                    message_bytes = table.Column<long>(type: "bigint", nullable: false),
                    profile_bytes = table.Column<long>(type: "bigint", nullable: false),
                    ephemeral_bytes = table.Column<long>(type: "bigint", nullable: false),
                    permanent_bytes = table.Column<long>(type: "bigint", nullable: false),
                    files = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage", x => x.owner);
                });

            migrationBuilder.CreateIndex(
                name: "IX_files_blob",
                schema: "upload",
                table: "files",
                column: "blob",
                unique: true,
                filter: "blob is not null");

            migrationBuilder.CreateIndex(
                name: "IX_files_expires",
                schema: "upload",
                table: "files",
                column: "expires",
                filter: "expires is not null");

            migrationBuilder.CreateIndex(
                name: "IX_files_lease",
                schema: "upload",
                table: "files",
                column: "lease",
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "IX_files_owner_id",
                schema: "upload",
                table: "files",
                columns: new[] { "owner", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_files_path",
                schema: "upload",
                table: "files",
                column: "path",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_files_sha256",
                schema: "upload",
                table: "files",
                column: "sha256",
                filter: "sha256 is not null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bans",
                schema: "upload");

            migrationBuilder.DropTable(
                name: "blocked_hashes",
                schema: "upload");

            migrationBuilder.DropTable(
                name: "doomed_blobs",
                schema: "upload");

            migrationBuilder.DropTable(
                name: "files",
                schema: "upload");

            migrationBuilder.DropTable(
                name: "secrets",
                schema: "upload");

            migrationBuilder.DropTable(
                name: "usage",
                schema: "upload");
        }
    }
}
