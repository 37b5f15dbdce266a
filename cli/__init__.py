"""The `fenzhen` command: start the desk, replay recorded sessions against it, look after it."""
