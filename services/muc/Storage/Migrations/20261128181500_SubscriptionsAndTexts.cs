using Microsoft.EntityFrameworkCore.Migrations;
using NpgsqlTypes;

#nullable disable

namespace Annex.Muc.Storage.Migrations
{
    /// <inheritdoc />
    public partial class SubscriptionsAndTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "bytes",
                schema: "muc",
                table: "archives",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "counted",
                schema: "muc",
                table: "archives",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "indexed",
                schema: "muc",
                table: "archives",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "subscriptions",
                schema: "muc",
                columns: table => new
                {
                    room = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    nick = table.Column<string>(type: "text", nullable: false),
                    nodes = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscriptions", x => new { x.room, x.subject });
                });

            migrationBuilder.CreateTable(
                name: "texts",
                schema: "muc",
                columns: table => new
                {
                    archive = table.Column<long>(type: "bigint", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    words = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_texts", x => new { x.archive, x.number });
                });

            migrationBuilder.CreateIndex(
                name: "IX_subscriptions_subject",
                schema: "muc",
                table: "subscriptions",
                column: "subject");

            migrationBuilder.CreateIndex(
                name: "IX_texts_words",
                schema: "muc",
                table: "texts",
                column: "words")
                .Annotation("Npgsql:IndexMethod", "GIN");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "subscriptions",
                schema: "muc");

            migrationBuilder.DropTable(
                name: "texts",
                schema: "muc");

            migrationBuilder.DropColumn(
                name: "bytes",
                schema: "muc",
                table: "archives");

            migrationBuilder.DropColumn(
                name: "counted",
                schema: "muc",
                table: "archives");

            migrationBuilder.DropColumn(
                name: "indexed",
                schema: "muc",
                table: "archives");
        }
    }
}
