"""The desk's server: visitor, staff and internal APIs, and the worker's jobs."""
