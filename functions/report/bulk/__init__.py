"""The fast path: learns how a report's rows are written, and recognizes many valid rows at a time. Decides no rule."""
