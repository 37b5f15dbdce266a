"""The Rasa side of the desk: understanding, flows, and the channel the worker talks to.

Runs on Python 3.10 with Rasa 3.6.21 in an environment of its own; imports `nlp` and itself only.
"""
