"""What CI may do in an account, and the most that the stacks' roles may do: one table, from which policies are made."""
