Console.WriteLine("Search");
