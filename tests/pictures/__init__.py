"""The demonstration photographed: the README's pictures, and every screen of every role to be looked at."""
