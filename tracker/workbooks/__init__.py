"""Excel out, from column declarations, and back in: read, compared, applied at once and undone."""
