"""What administrators did: written where it is done, read in one list."""
