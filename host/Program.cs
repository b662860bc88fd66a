Console.WriteLine("Annex");
