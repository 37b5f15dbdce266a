"""`fenzhen bench`: how good and how fast what is shipped is, on any file."""
