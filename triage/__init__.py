"""The rules of the desk: pure functions on plain data. No I/O; `now` is passed in."""
