Console.WriteLine("TurnDiscovery");
