using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class DataFormTests
{
    // XEP-0004 §5.1, shortened.
    private const string BotForm = """
        <x xmlns='jabber:x:data' type='form'><title>Bot Configuration</title>
        <instructions>Fill out this form to configure your new bot!</instructions>
        <field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>
        <field type='fixed'><value>Section 1: Bot Info</value></field>
        <field type='text-single' label='The name of your bot' var='botname'/>
        <field type='text-multi' label='Helpful description' var='description'/>
        <field type='boolean' label='Public bot?' var='public'><required/></field>
        <field type='text-private' label='Password' var='password'/>
        <field type='list-multi' label='What features?' var='features'>
          <option label='Contests'><value>contests</value></option>
          <option label='News'><value>news</value></option>
          <value>news</value>
        </field>
        <field type='list-single' label='Maximum' var='maxsubs'><value>20</value>
          <option label='10'><value>10</value></option><option label='20'><value>20</value></option>
        </field>
        <field type='jid-multi' label='People to invite' var='invitelist'><desc>Tell all your friends!</desc></field>
        </x>
        """;

    private static DataForm Parse(string xml)
    {
        Assert.True(DataForm.TryParse(Element.Parse(xml), out var form, out var error), error?.Text);
        return form;
    }

    [Fact]
    public void A_form_is_read()
    {
        var form = Parse(BotForm);
        Assert.Equal((FormType.Form, "Bot Configuration", "jabber:bot"), (form.Type, form.Title, form.FormTypeName));
        Assert.Equal(["Fill out this form to configure your new bot!"], form.Instructions);
        Assert.Equal(
            [
                FieldType.Hidden, FieldType.Fixed, FieldType.TextSingle, FieldType.TextMulti, FieldType.Boolean,
                FieldType.TextPrivate, FieldType.ListMulti, FieldType.ListSingle, FieldType.JidMulti,
            ],
            form.Fields.Select(field => field.Type!.Value));
        Assert.True(form["public"]!.IsRequired);
        Assert.Null(form["botname"]!.Value);
        Assert.Equal([new FieldOption("contests", "Contests"), new FieldOption("news", "News")], form["features"]!.Options);
        Assert.Equal(["news"], form["features"]!.Values);
        Assert.Equal("Tell all your friends!", form["invitelist"]!.Description);
    }

    [Fact]
    public void A_form_is_written_as_it_was_read()
    {
        var first = Parse(BotForm).ToElement();
        Assert.Equal(first.ToString(), Parse(first.ToString()).ToElement().ToString());
    }

    [Fact]
    public void A_form_is_built()
    {
        var form = new DataForm(FormType.Form, "urn:example",
            Field.TextSingle("name", "x", "Name").Require(),
            Field.TextMulti("text", "one\r\ntwo"),
            Field.Bool("on", true),
            Field.ListSingle("who", "all", "Who", new FieldOption("all", "All"), new FieldOption("none")),
            Field.JidSingle("jid", null),
            Field.JidMulti("jids", [Jid.Parse("a@b"), Jid.Parse("c@d")]),
            Field.TextSingle("n", "3").Validate(FieldValidation.Integer(1, 10)))
        {
            Title = "T",
        };
        Assert.Equal(
            "<x xmlns='jabber:x:data' type='form'><title>T</title>" +
            "<field var='FORM_TYPE' type='hidden'><value>urn:example</value></field>" +
            "<field var='name' type='text-single' label='Name'><required/><value>x</value></field>" +
            "<field var='text' type='text-multi'><value>one</value><value>two</value></field>" +
            "<field var='on' type='boolean'><value>1</value></field>" +
            "<field var='who' type='list-single' label='Who'><value>all</value>" +
            "<option label='All'><value>all</value></option><option><value>none</value></option></field>" +
            "<field var='jid' type='jid-single'/>" +
            "<field var='jids' type='jid-multi'><value>a@b</value><value>c@d</value></field>" +
            "<field var='n' type='text-single'>" +
            "<validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:integer'>" +
            "<range min='1' max='10'/></validate><value>3</value></field></x>",
            form.ToElement().ToString());
    }

    [Fact]
    public void A_result_has_its_head_before_its_rows_and_their_fields_have_no_type()
    {
        var form = new DataForm(FormType.Result).AddItem(new Field("service", FieldType.TextSingle, "httpd"));
        form.Reported.Add(new Field("service", FieldType.TextSingle) { Label = "Service" });
        var xml = form.ToElement().ToString();
        Assert.Equal(
            "<x xmlns='jabber:x:data' type='result'><reported><field var='service' type='text-single' label='Service'/>" +
            "</reported><item><field var='service'><value>httpd</value></field></item></x>",
            xml);
        var read = Parse(xml);
        Assert.Equal("Service", Assert.Single(read.Reported).Label);
        Assert.Equal("httpd", Assert.Single(Assert.Single(read.Items)).Value);
    }

    [Theory]
    [InlineData("<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE'><value>a</value></field></x>", null)]
    [InlineData("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>a</value></field></x>", "a")]
    [InlineData("<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>a</value></field></x>", "a")]
    [InlineData("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='text-single'><value>a</value></field></x>",
        null)]
    [InlineData("<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>a</value></field></x>", "a")]
    [InlineData("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'/></x>", null)]
    [InlineData("<x xmlns='jabber:x:data' type='submit'/>", null)]
    public void FORM_TYPE_counts_where_XEP_0068_says_so(string xml, string? expected) =>
        Assert.Equal(expected, Parse(xml).FormTypeName);

    // Debian 12's mod_cloud_notify sends its summary so: type form, fields without value.
    [Fact]
    public void Fields_without_value_or_type_or_with_an_unknown_type_are_read()
    {
        var form = Parse(
            "<x xmlns='jabber:x:data' type='form'><field var='a'/><field var='b' type='colour'><value>red</value></field>" +
            "<field><value>c</value></field><other xmlns='urn:x'/><field var='o'><option>plain</option></field></x>");
        Assert.Null(form["a"]!.Type);
        Assert.Empty(form["a"]!.Values);
        Assert.Equal(FieldType.TextSingle, form["b"]!.Type);
        Assert.Null(form.Fields[2].Var);
        Assert.Equal("plain", form["o"]!.Options[0].Value);
    }

    [Theory]
    [InlineData("<x xmlns='jabber:x:data' type='nonsense'/>")]
    [InlineData("<x xmlns='urn:other' type='submit'/>")]
    [InlineData("<y xmlns='jabber:x:data' type='submit'/>")]
    public void What_is_no_form_is_a_bad_request(string xml)
    {
        Assert.False(DataForm.TryParse(Element.Parse(xml), out _, out var error));
        Assert.Equal("bad-request", error.Condition);
    }

    [Theory]
    [InlineData(3, 100, 100, 100, 100, true)]
    [InlineData(2, 100, 100, 100, 100, false)]
    [InlineData(3, 3, 100, 100, 100, false)]
    [InlineData(3, 100, 4, 100, 100, false)]
    [InlineData(3, 100, 100, 1, 100, false)]
    [InlineData(3, 100, 100, 100, 1, false)]
    public void A_form_beyond_the_limits_is_refused_as_a_whole(int fields, int values, int length, int options, int items,
        bool isAllowed)
    {
        var limits = new FormLimits
        {
            MaxFields = fields,
            MaxValues = values,
            MaxValueLength = length,
            MaxOptions = options,
            MaxItems = items,
        };
        var x = Element.Parse(
            "<x xmlns='jabber:x:data' type='result'><field var='a'><value>12345</value><value/></field>" +
            "<field var='b'><option><value/></option><option><value/></option></field><field var='c'/>" +
            "<item><field var='a'><value/></field></item><item><field var='a'><value/></field></item></x>");
        Assert.Equal(isAllowed, DataForm.TryParse(x, out _, out var error, limits));
        Assert.Equal(isAllowed ? null : "policy-violation", error?.Condition);
    }

    [Fact]
    public void The_form_with_the_wanted_FORM_TYPE_is_found_among_several()
    {
        var parent = Element.Parse(
            "<message><x xmlns='jabber:x:data' type='wrong'/><x xmlns='jabber:x:data' type='submit'/>" +
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:b</value></field></x></message>");
        Assert.Equal("urn:b", DataForm.Find(parent, "urn:b")!.FormTypeName);
        Assert.NotNull(DataForm.Find(parent));
        Assert.Null(DataForm.Find(parent, "urn:c"));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    [InlineData(" true ", true)]
    [InlineData("yes", null)]
    [InlineData("", null)]
    public void A_boolean_has_four_spellings(string text, bool? expected) =>
        Assert.Equal(expected, new Field("b", FieldType.Boolean, text).Boolean);

    [Fact]
    public void Addresses_are_prepared_and_each_counts_once()
    {
        var field = new Field("j", FieldType.JidMulti, "A@b", " a@B ", "not an address", "c@d/e");
        Assert.Equal([Jid.Parse("a@b"), Jid.Parse("c@d/e")], field.Jids);
        Assert.Equal(Jid.Parse("a@b"), field.Jid);
    }

    [Fact]
    public void A_medium_travels_with_its_field()
    {
        var form = new DataForm(FormType.Form).Add(new Field("ocr", FieldType.TextSingle)
        {
            Media = new FieldMedia([new FieldMediaUri("image/png", "cid:sha1+x@bob.xmpp.org")], 290, 80),
        });
        var media = Parse(form.ToElement().ToString())["ocr"]!.Media!;
        Assert.Equal((290, 80), (media.Width, media.Height));
        Assert.Equal(new FieldMediaUri("image/png", "cid:sha1+x@bob.xmpp.org"), Assert.Single(media.Uris));
    }
}
