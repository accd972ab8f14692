"""Excel out: workbooks written from column declarations, with the same bytes for the same content."""
