"""`nlp.memory`, for those who may not reach into `nlp`."""

from nlp.memory import give_back, settle

__all__ = ["give_back", "settle"]
