"""what nobody asked of channels: when a contact was last seen, and which message a receipt stands for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column('channel_contact', 'seen_at')
    op.drop_column('channel_receipt', 'message_id')


def downgrade() -> None:
    op.add_column('channel_receipt', sa.Column('message_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_channel_receipt_message_id'), 'channel_receipt', 'message', ['message_id'], ['id'])
    op.add_column('channel_contact', sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False))
