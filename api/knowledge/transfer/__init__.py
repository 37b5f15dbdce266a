"""Entries of the knowledge base out of the desk and into it: XLSX, CSV and Rasa's YAML."""
