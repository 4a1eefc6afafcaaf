"""What the fields of a row, and the ids of all rows, must satisfy: add or change a rule here."""
