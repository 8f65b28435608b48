Console.WriteLine("usage: Hawser.Bench <suite>");
