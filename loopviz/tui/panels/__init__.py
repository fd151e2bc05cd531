"""What each panel below the timeline says: from a watch to a title and lines. One panel per file, no widget."""
