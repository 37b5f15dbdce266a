"""`fenzhen simulate`: servers of others on this machine, to try the desk with."""
