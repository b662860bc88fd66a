using Annex.Interop.Hosting;

// The tests' own assembly is also the program that tests start in order to kill it.
return args is ["events", var role, var database, var broker]
    ? await EventsProcess.RunAsync(role, database, broker)
    : 1;
