using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Annex.Push.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "push");

            migrationBuilder.CreateTable(
                name: "bans",
                schema: "push",
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
                name: "endpoints",
                schema: "push",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    token = table.Column<byte[]>(type: "bytea", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    client = table.Column<string>(type: "text", nullable: false),
                    application = table.Column<string>(type: "text", nullable: false),
                    instance = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoints", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notified",
                schema: "push",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_notified", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "queue",
                schema: "push",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    registration_id = table.Column<long>(type: "bigint", nullable: true),
                    target = table.Column<byte[]>(type: "bytea", nullable: true),
                    provider = table.Column<string>(type: "text", nullable: false),
                    app = table.Column<string>(type: "text", nullable: true),
                    payload = table.Column<byte[]>(type: "bytea", nullable: false),
                    urgency = table.Column<byte>(type: "smallint", nullable: false),
                    is_call = table.Column<bool>(type: "boolean", nullable: false),
                    is_pending = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    claimed_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_queue", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "registrations",
                schema: "push",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    node = table.Column<string>(type: "text", nullable: false),
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    device_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    device = table.Column<string>(type: "text", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: false),
                    app = table.Column<string>(type: "text", nullable: true),
                    target = table.Column<byte[]>(type: "bytea", nullable: false),
                    room = table.Column<string>(type: "text", nullable: true),
                    rooms = table.Column<byte>(type: "smallint", nullable: false),
                    wants_sender = table.Column<bool>(type: "boolean", nullable: false),
                    wants_body = table.Column<bool>(type: "boolean", nullable: false),
                    registered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_delivered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_outcome = table.Column<string>(type: "text", nullable: true),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    gone_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registrations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "messages",
                schema: "push",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    endpoint_id = table.Column<long>(type: "bigint", nullable: false),
                    body = table.Column<byte[]>(type: "bytea", nullable: false),
                    topic = table.Column<string>(type: "text", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages", x => x.id);
                    table.ForeignKey(
                        name: "FK_messages_endpoints_endpoint_id",
                        column: x => x.endpoint_id,
                        principalSchema: "push",
                        principalTable: "endpoints",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_endpoints_owner_application_instance",
                schema: "push",
                table: "endpoints",
                columns: new[] { "owner", "application", "instance" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_endpoints_token_hash",
                schema: "push",
                table: "endpoints",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_messages_endpoint_id",
                schema: "push",
                table: "messages",
                column: "endpoint_id");

            migrationBuilder.CreateIndex(
                name: "IX_messages_expires_at",
                schema: "push",
                table: "messages",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "IX_queue_due_at",
                schema: "push",
                table: "queue",
                column: "due_at",
                filter: "is_pending");

            migrationBuilder.CreateIndex(
                name: "IX_queue_registration_id",
                schema: "push",
                table: "queue",
                column: "registration_id");

            migrationBuilder.CreateIndex(
                name: "IX_registrations_device_key",
                schema: "push",
                table: "registrations",
                column: "device_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_registrations_node",
                schema: "push",
                table: "registrations",
                column: "node",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_registrations_owner",
                schema: "push",
                table: "registrations",
                column: "owner");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bans",
                schema: "push");

            migrationBuilder.DropTable(
                name: "messages",
                schema: "push");

            migrationBuilder.DropTable(
                name: "notified",
                schema: "push");

            migrationBuilder.DropTable(
                name: "queue",
                schema: "push");

            migrationBuilder.DropTable(
                name: "registrations",
                schema: "push");

            migrationBuilder.DropTable(
                name: "endpoints",
                schema: "push");
        }
    }
}
