"""What makes an agent's work quicker: canned replies, macros, saved filters."""
