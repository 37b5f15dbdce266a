"""All tables of the desk."""

from api.models.base import Base
from api.models.conversation import Conversation, Message, TriageResult, Turn
from api.models.customer import Customer, VisitorSession
from api.models.handoff import Handoff
from api.models.knowledge import KnowledgeEntry, KnowledgeQuestion
from api.models.release import Release
from api.models.staff import Staff, StaffSession
from api.models.ticket import NUMBERS, Ticket

__all__ = [
    "NUMBERS",
    "Base",
    "Conversation",
    "Customer",
    "Handoff",
    "KnowledgeEntry",
    "KnowledgeQuestion",
    "Message",
    "Release",
    "Staff",
    "StaffSession",
    "Ticket",
    "TriageResult",
    "Turn",
    "VisitorSession",
]
