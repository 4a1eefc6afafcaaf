"""Measures the validator, alone and beside its peers. Each file here is one benchmark: `./dev bench -- NAME`."""
