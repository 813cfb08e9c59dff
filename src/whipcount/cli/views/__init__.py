"""Tables of what a scenario says, in the reader's language (imported by commands when they run)."""
