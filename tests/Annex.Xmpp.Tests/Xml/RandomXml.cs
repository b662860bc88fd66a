using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Tests.Xml;

/// <summary>Trees with all that a tree can hold.</summary>
internal static class RandomXml
{
    private static readonly string[] Names = ["a", "body", "x-1", "\u00e9", "_", "message"];
    private static readonly string[] Spaces = ["", "jabber:component:accept", "urn:x", "urn:a&'b", "\u00fc"];
    private static readonly string[] Texts =
        ["x", " ", "\n", "\r", "\t", "&", "<", "]]>", "'", "\"", "\u00e4\u20ac", "\U0001F600", "hello world ", "&amp;",
            "]]"];

    public static Element Tree(Random random, int depth)
    {
        var e = new Element(Pick(random, Names), Pick(random, Spaces));
        for (int i = random.Next(4); i > 0; i--) e[Pick(random, Names)] = Text(random);
        if (random.Next(4) == 0) e.Lang = Text(random);
        for (int i = random.Next(4); i > 0; i--)
        {
            if (depth > 0 && random.Next(2) == 0) e.Add(Tree(random, depth - 1));
            else e.AddText(Text(random));
        }

        return e;
    }

    public static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Pick(random, Texts)));

    public static T Pick<T>(Random random, T[] all) => all[random.Next(all.Length)];
}
