"""For people who write records: examples, drafts, consistency, and the data of the package."""
