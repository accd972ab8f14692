"""Every SELECT of the room: the sheet of a contract-year, its editions, the meetings."""
