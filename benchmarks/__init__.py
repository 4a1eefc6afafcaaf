"""Measures the validator, alone and compared with its peers. Each file here is one benchmark: `./dev bench NAME`."""
