"""Tables of what a scenario says, in the reader's language (what `whipcount show` prints)."""
