Console.WriteLine("Muc");
