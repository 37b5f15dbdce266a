"""Custom actions of the bot: read the conversation, call the desk, say something, set slots.

They talk HTTP to the api and import nothing of ours. What the customer reads stands in the
domain (`bot/domain/`), answers stand in the knowledge base.
"""
