"""Will this driver build and work on this kernel? Answers with their evidence."""
