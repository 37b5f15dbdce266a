"""Category, nature, impact, urgency, sentiment and anger of a customer message (norms §1).

Priority is not decided here: `triage/` reads it from impact × urgency and policy.
"""
