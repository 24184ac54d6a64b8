"""Turns the bytes of a log into numbered lines of text, and undoes the noise of a paste."""
