"""What each subcommand does, in a module of its own, imported when it is asked for."""
