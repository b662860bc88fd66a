using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class FormSubmissionTests
{
    private static readonly DataForm Definition = new(FormType.Form, "urn:example",
        Field.TextSingle("name", "old", "Name").Require(),
        Field.TextMulti("text", "a\nb"),
        Field.Bool("on", false),
        Field.ListSingle("who", "all", null, new FieldOption("all"), new FieldOption("none")),
        Field.ListMulti("what", [], null, new FieldOption("x"), new FieldOption("y"))
            .Validate(new FieldValidation { ListMin = 1, ListMax = 1 }),
        Field.JidMulti("jids", []),
        Field.TextSingle("n", "3").Validate(FieldValidation.Integer(1, 10)),
        Field.ListSingle("open", null, null, new FieldOption("one")).Validate(new FieldValidation { IsOpen = true }),
        Field.Fixed("between"));

    private static FormSubmission? Read(string fields, out string? problem, bool isComplete = false)
    {
        var x = Element.Parse($"<x xmlns='jabber:x:data' type='submit'>{fields}</x>");
        Assert.True(DataForm.TryParse(x, out var form, out _));
        FormSubmission.TryRead(Definition, form, isComplete, out var submission, out var error);
        problem = error is null ? null : $"{error.Condition}: {error.Text}";
        return submission;
    }

    [Fact]
    public void Fields_take_the_types_of_the_definition()
    {
        var read = Read(
            "<field var='FORM_TYPE'><value>urn:example</value></field><field var='name'><value>new</value></field>" +
            "<field var='text'><value>1</value><value>2</value></field><field var='on'><value>true</value></field>" +
            "<field var='jids'><value>A@b</value><value>a@b</value></field><field var='n' type='jid-single'><value>7</value></field>" +
            "<field var='who'><value>none</value></field><field var='unknown'><value>?</value></field>" +
            "<field var='open'><value>another</value></field>",
            out var problem)!;
        Assert.Null(problem);
        Assert.Equal("new", read.Text("name"));
        Assert.Equal("1\n2", read.Text("text"));
        Assert.True(read.Boolean("on"));
        Assert.Equal([Jid.Parse("a@b")], read.Jids("jids"));
        Assert.Equal(7, read.Integer("n"));
        Assert.Equal(FieldType.TextSingle, read["n"]!.Type);
        Assert.Equal("another", read.Text("open"));
        Assert.False(read.Has("unknown"));
        Assert.False(read.Has("what"));
        Assert.Null(read.Boolean("what"));
    }

    [Theory]
    [InlineData("<field var='who'/>")]
    [InlineData("<field var='who'><value/></field>")]
    public void A_field_without_value_clears_and_an_absent_one_says_nothing(string field)
    {
        var read = Read(field, out _)!;
        Assert.True(read.Has("who"));
        Assert.Equal("", read.Text("who"));
        Assert.False(read.Has("name"));
        Assert.Null(read.Text("name"));
    }

    [Theory]
    [InlineData("<field var='name'/>", "not-acceptable: Name (name) is required.")]
    [InlineData("<field var='on'><value>maybe</value></field>", "not-acceptable: on (on) is neither true nor false.")]
    [InlineData("<field var='who'><value>some</value></field>", "not-acceptable: who (who) is not among the options.")]
    [InlineData("<field var='who'><value>all</value><value>none</value></field>", "not-acceptable: who (who) takes one value.")]
    [InlineData("<field var='what'><value>x</value><value>y</value></field>",
        "not-acceptable: what (what) takes 1 to 1 values.")]
    [InlineData("<field var='jids'><value>a@</value></field>", "not-acceptable: jids (jids) is no address.")]
    [InlineData("<field var='n'><value>11</value></field>", "not-acceptable: n (n) is not between 1 and 10.")]
    [InlineData("<field var='n'><value>x</value></field>", "not-acceptable: n (n) is no xs:integer.")]
    [InlineData("<field var='FORM_TYPE'><value>urn:other</value></field>",
        "bad-request: The form is a urn:other, not a urn:example.")]
    public void A_wrong_value_is_refused_with_the_name_of_its_field(string field, string expected)
    {
        Assert.Null(Read(field, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void A_required_field_may_be_absent_only_where_the_form_need_not_be_complete()
    {
        Assert.NotNull(Read("", out _));
        Assert.Null(Read("", out var problem, isComplete: true));
        Assert.Equal("not-acceptable: Name (name) is required.", problem);
    }

    [Theory]
    [InlineData("xs:dateTime", "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z", "2026-06-01T00:00:00+02:00", true)]
    [InlineData("xs:dateTime", "2026-01-01T00:00:00Z", null, "2025-12-31T23:59:59Z", false)]
    [InlineData("xs:date", "2026-01-01", "2026-01-31", "2026-02-01", false)]
    [InlineData("xs:decimal", "0.5", "1.5", "1.25", true)]
    [InlineData("xs:byte", null, null, "128", false)]
    [InlineData("xs:short", null, null, "-32768", true)]
    [InlineData("xs:double", null, null, "1e9", true)]
    [InlineData("xs:boolean", null, null, "2", false)]
    [InlineData("xs:language", null, null, "anything", true)]
    public void A_datatype_bounds_its_values(string datatype, string? min, string? max, string value, bool isAllowed)
    {
        var validation = new FieldValidation { Datatype = datatype, Min = min, Max = max };
        Assert.Equal(isAllowed, validation.Problem(value) is null);
    }

    [Fact]
    public void A_pattern_has_to_match_as_a_whole_and_costs_no_more_than_its_text()
    {
        var validation = new FieldValidation { Pattern = "([0-9]{3})-([0-9]{2})-([0-9]{4})" };
        Assert.Null(validation.Problem("123-12-1234"));
        Assert.NotNull(validation.Problem("x123-12-1234"));
        var hostile = new FieldValidation { Pattern = "(a+)+" };
        Assert.NotNull(hostile.Problem(new string('a', 20_000) + "!"));
    }
}
