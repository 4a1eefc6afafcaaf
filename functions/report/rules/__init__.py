"""What each field of a row, and the ids of all rows, must satisfy."""
