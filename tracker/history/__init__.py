"""Who changed what, when, from where, from what to what: the lowest room, which every write goes through."""
