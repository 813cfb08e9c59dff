"""Charts of what questions find: one file a question, `draw(result, language)` in each."""
