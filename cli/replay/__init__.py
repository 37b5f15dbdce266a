"""`fenzhen replay`: recorded sessions, played by simulated customers against a running desk."""
