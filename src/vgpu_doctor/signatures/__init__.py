"""Signatures: the records of causes, read, checked and indexed."""
