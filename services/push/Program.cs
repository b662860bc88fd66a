Console.WriteLine("Push");
