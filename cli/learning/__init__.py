"""The learning loop from the command line, on a running desk."""
