"""`fenzhen bench nlu`: stock Rasa and ours, trained and tested in one run on the same data."""
