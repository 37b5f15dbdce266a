"""Files that customers and staff send."""
