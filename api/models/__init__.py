"""All tables of the desk."""

from api.models.base import Base
from api.models.commerce import CommerceAct, CommerceIdentity, VerificationTry
from api.models.conversation import Conversation, Message, TriageResult, Turn
from api.models.customer import Customer, VisitorSession
from api.models.handoff import Handoff
from api.models.knowledge import KnowledgeEntry, KnowledgeQuestion
from api.models.release import Release
from api.models.shop import (
    REFERENCES,
    ShopAct,
    ShopAfterSale,
    ShopAppointment,
    ShopCustomer,
    ShopInvoice,
    ShopOrder,
    ShopOrderItem,
    ShopProduct,
    ShopShipment,
    ShopShipmentEvent,
)
from api.models.staff import Staff, StaffSession
from api.models.ticket import NUMBERS, Ticket, TicketState

__all__ = [
    "NUMBERS",
    "REFERENCES",
    "Base",
    "CommerceAct",
    "CommerceIdentity",
    "Conversation",
    "Customer",
    "Handoff",
    "KnowledgeEntry",
    "KnowledgeQuestion",
    "Message",
    "Release",
    "ShopAct",
    "ShopAfterSale",
    "ShopAppointment",
    "ShopCustomer",
    "ShopInvoice",
    "ShopOrder",
    "ShopOrderItem",
    "ShopProduct",
    "ShopShipment",
    "ShopShipmentEvent",
    "Staff",
    "StaffSession",
    "Ticket",
    "TicketState",
    "TriageResult",
    "Turn",
    "VerificationTry",
    "VisitorSession",
]
