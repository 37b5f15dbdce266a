"""Why the desk said what it said, and what it would say."""
