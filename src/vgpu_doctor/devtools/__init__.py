"""For people who write records and the catalogue: lint, examples, drafts, and schemas for their editors."""
