"""What the desk learns from, out of a running desk and into it, so that it can live in git."""
