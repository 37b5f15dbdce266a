"""NLU components of the desk; `config.yml` puts them together."""
