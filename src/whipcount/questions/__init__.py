"""What may be asked of a crisis: one file a question, each with a frozen result that says what it found."""
