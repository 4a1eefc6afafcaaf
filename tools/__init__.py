"""Commands for developers and operators, the set-up behind `./dev`, the API's client, and generators of documents."""
