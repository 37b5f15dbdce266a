"""All tables of the desk."""

from api.models.audit import AuditRecord
from api.models.base import Base
from api.models.commerce import CommerceAct, CommerceIdentity, VerificationTry
from api.models.conversation import (
    Conversation,
    LabelCorrection,
    Message,
    QueueWait,
    TriageResult,
    Turn,
    WrapUp,
)
from api.models.customer import (
    Customer,
    CustomerIdentity,
    CustomerMerge,
    CustomerNote,
    VisitorSession,
)
from api.models.deadline import Alert, Deadline, FollowUp, Incident, IncidentStep, Reminder
from api.models.desk_tools import (
    Attachment,
    CannedReply,
    Macro,
    Notification,
    SavedView,
    Setting,
)
from api.models.handoff import Handoff
from api.models.knowledge import KnowledgeEntry, KnowledgeQuestion
from api.models.release import Release
from api.models.search import SearchEntry
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
from api.models.staff import Pulse, Staff, StaffSession, StaffSkill, Team
from api.models.ticket import (
    NUMBERS,
    ChecklistItem,
    ComplaintStep,
    Ticket,
    TicketEvent,
    TicketLink,
    TicketMerge,
    TicketNote,
    TicketState,
    TicketWatcher,
)

__all__ = [
    "NUMBERS",
    "REFERENCES",
    "Alert",
    "Attachment",
    "AuditRecord",
    "Base",
    "CannedReply",
    "ChecklistItem",
    "CommerceAct",
    "CommerceIdentity",
    "ComplaintStep",
    "Conversation",
    "Customer",
    "CustomerIdentity",
    "CustomerMerge",
    "CustomerNote",
    "Deadline",
    "FollowUp",
    "Handoff",
    "Incident",
    "IncidentStep",
    "KnowledgeEntry",
    "KnowledgeQuestion",
    "LabelCorrection",
    "Macro",
    "Message",
    "Notification",
    "Pulse",
    "QueueWait",
    "Release",
    "Reminder",
    "SavedView",
    "SearchEntry",
    "Setting",
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
    "StaffSkill",
    "Team",
    "Ticket",
    "TicketEvent",
    "TicketLink",
    "TicketMerge",
    "TicketNote",
    "TicketState",
    "TicketWatcher",
    "TriageResult",
    "Turn",
    "VerificationTry",
    "VisitorSession",
    "WrapUp",
]
