"""What a release makes of lines it has never learned, beside another release."""
