"""Findings x catalogue x facts become ranked remedies."""
