"""Documents attached to what other rooms own: one storage on disk, one permission, the item's."""
