using Microsoft.Extensions.Configuration;

namespace Annex.Hosting.Configuration;

/// <summary>Finds keys that no option has: a misspelt key would otherwise be a default that nobody wanted.</summary>
internal sealed class UnknownKeys(ConfigurationErrors errors)
{
    private readonly Node _root = new();

    /// <summary>Everything below this key is somebody else's.</summary>
    public void AddOpen(string key) => Reach(key).IsOpen = true;

    public void Add(string path, Type options) => Add(path.Length == 0 ? _root : Reach(path), options);

    public void Check(IConfiguration configuration) => Check(configuration.GetChildren(), _root);

    private void Check(IEnumerable<IConfigurationSection> sections, Node node)
    {
        foreach (var section in sections)
        {
            if (node.Children.TryGetValue(section.Key, out var child))
            {
                if (!child.IsOpen)
                    Check(section.GetChildren(), child);
                continue;
            }
            var near = node.Children.Keys.Where(k => Distance(k, section.Key) <= 2)
                .OrderBy(k => Distance(k, section.Key)).FirstOrDefault();
            errors.Add(section.Path, near is null ? "there is no such key" : $"there is no such key; is {near} meant?");
        }
    }

    private static void Add(Node node, Type options)
    {
        foreach (var property in OptionProperties.Of(options))
        {
            var child = node.Child(property.Name);
            if (OptionProperties.IsNested(property.PropertyType))
                Add(child, property.PropertyType);
            else if (OptionProperties.ListElement(property.PropertyType) is not null
                     || OptionProperties.DictionaryValue(property.PropertyType) is not null)
                child.IsOpen = true;
        }
    }

    private Node Reach(string path)
    {
        var node = _root;
        foreach (var part in path.Split(':'))
            node = node.Child(part);
        return node;
    }

    // Levenshtein; keys are short.
    private static int Distance(string one, string other)
    {
        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var current = new int[other.Length + 1];
            current[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var change = char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]) ? 0 : 1;
                current[j + 1] = Math.Min(Math.Min(current[j], previous[j + 1]) + 1, previous[j] + change);
            }
            previous = current;
        }
        return previous[^1];
    }

    private sealed class Node
    {
        public bool IsOpen { get; set; }

        public Dictionary<string, Node> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Node Child(string name)
        {
            if (!Children.TryGetValue(name, out var child))
                Children.Add(name, child = new Node());
            return child;
        }
    }
}
