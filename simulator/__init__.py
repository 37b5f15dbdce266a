"""Servers of others, played on this machine, so that the desk can be tried without them."""
