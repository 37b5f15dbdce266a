"""Tasks: what the bot does for a customer step by step.

`catalog.py` says what each task needs, `slots.py` how each thing is recognised, `acts.py` what
is done in the end. `engine.py` decides, `form.py` carries it out.
"""
