using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace Annex.Ctl;

/// <summary>Tables for people, JSON for programs. What is not the result goes to standard error.</summary>
internal sealed class Output
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default
        .WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly TextWriter _writer;
    private readonly IAnsiConsole _console;
    private readonly IAnsiConsole _errors;
    private readonly bool _isRedirected;
    private readonly bool _isQuiet;

    /// <param name="writer">Standard output, or where a test reads.</param>
    public Output(bool isJson, TextWriter writer, TextWriter errors)
    {
        IsJson = isJson;
        _writer = writer;
        _isRedirected = writer != Console.Out || Console.IsOutputRedirected;
        var isErrorRedirected = errors != Console.Error || Console.IsErrorRedirected;
        _isQuiet = isJson || isErrorRedirected;
        _console = CreateConsole(writer, _isRedirected);
        _errors = CreateConsole(errors, isErrorRedirected);
    }

    public bool IsJson { get; }

    /// <summary>A list as it comes: a table, or a JSON array.</summary>
    public async Task<int> ListAsync<T>(IAsyncEnumerable<T> rows, string none, params (string Header, Func<T, string> Read)[] columns)
        where T : IMessage
    {
        var count = 0;
        if (IsJson)
        {
            _writer.Write("[");
            await foreach (var row in rows)
                _writer.Write((count++ == 0 ? "\n  " : ",\n  ") + Json.Format(row));
            _writer.WriteLine(count == 0 ? "]" : "\n]");
            return count;
        }
        var table = NewTable(columns.Select(c => c.Header));
        // A long list shows that it is coming.
        await WhileAsync("Reading", async say =>
        {
            await foreach (var row in rows)
            {
                table.AddRow([.. columns.Select(c => new Markup(Clean(c.Read(row)).EscapeMarkup()))]);
                if (++count % 100 == 0)
                    say($"Reading: {count.ToString(CultureInfo.InvariantCulture)}");
            }
            return true;
        });
        if (count == 0)
            Note(none);
        else
            _console.Write(table);
        return count;
    }

    /// <summary>One thing: its fields below each other.</summary>
    public void One<T>(T message, params (string Header, string Value)[] fields) where T : IMessage
    {
        if (IsJson)
        {
            _writer.WriteLine(Json.Format(message));
            return;
        }
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var (header, value) in fields.Where(f => f.Value.Length > 0))
            grid.AddRow($"[grey]{header.EscapeMarkup()}[/]", Clean(value).EscapeMarkup());
        _console.Write(grid);
    }

    /// <summary>What was done, in a sentence; or the answer as JSON.</summary>
    public void Done(IMessage answer, string sentence)
    {
        if (IsJson)
            _writer.WriteLine(Json.Format(answer));
        else
            _console.MarkupLineInterpolated($"{Clean(sentence)}");
    }

    /// <summary>One message a line, at once: for what is watched.</summary>
    public void Line(IMessage message, string sentence)
    {
        if (IsJson)
            _writer.WriteLine(Json.Format(message));
        else
            _console.MarkupLineInterpolated($"{Clean(sentence)}");
    }

    public void Object(object value) => _writer.WriteLine(JsonSerializer.Serialize(value, Plain));

    public void Write(Spectre.Console.Rendering.IRenderable what) => _console.Write(what);

    public void Markup(string markup) => _console.MarkupLine(markup);

    public void Note(string text) => _errors.MarkupLineInterpolated($"[grey]{text}[/]");

    /// <summary>Shows on standard error that something is going on, where there is a person to see it.</summary>
    public async Task<T> WhileAsync<T>(string what, Func<Action<string>, Task<T>> work)
    {
        if (_isQuiet)
            return await work(_ => { });
        return await _errors.Status().StartAsync(what.EscapeMarkup(), context => work(text => context.Status(text.EscapeMarkup())));
    }

    public Table NewTable(IEnumerable<string> headers)
    {
        var table = new Table().Border(_isRedirected ? TableBorder.None : TableBorder.Rounded);
        foreach (var header in headers)
            table.AddColumn(new TableColumn($"[bold]{header.EscapeMarkup()}[/]"));
        return table;
    }

    public static string Time(Timestamp? time) => time is null ? ""
        : time.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string YesNo(bool value) => value ? "yes" : "no";

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Bytes(long value) => value switch
    {
        >= 1L << 30 => Number(value / (double)(1L << 30)) + " GiB",
        >= 1L << 20 => Number(value / (double)(1L << 20)) + " MiB",
        >= 1L << 10 => Number(value / (double)(1L << 10)) + " KiB",
        _ => Number(value) + " B",
    };

    /// <summary>What users wrote must not move the operator's cursor or colour the terminal.</summary>
    private static string Clean(string text) =>
        string.Concat(text.Select(c => c is '\n' or '\t' ? ' ' : char.IsControl(c) ? '\uFFFD' : c));

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            // A pipe is told no colours, whatever TERM says.
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        // In a pipe one row is one line, whatever its length.
        if (isRedirected)
            console.Profile.Width = 10_000;
        return console;
    }
}
