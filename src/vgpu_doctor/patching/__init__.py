"""Patches: a signature's edits become hunks that fit the user's own source."""
