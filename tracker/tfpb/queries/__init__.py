"""Every SELECT of the room: conventions, files with their sums, actions with their other funding, participation."""
