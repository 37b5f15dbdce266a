"""Messages worth a look: found, shown by their value, decided, and learned from."""
