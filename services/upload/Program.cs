Console.WriteLine("Upload");
