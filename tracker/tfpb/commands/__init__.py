"""Every write of the room: conventions, files and their moves, actions, residents' participation."""
