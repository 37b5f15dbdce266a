"""where waiting customers stand, kept once for all who ask, and when a visitor's page was last open"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('queue_wait', sa.Column('position', sa.Integer(), nullable=True))
    op.add_column('queue_wait', sa.Column('wait_seconds', sa.Integer(), nullable=True))
    op.add_column('visitor_session', sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_visitor_session_conversation_id', 'visitor_session', ['conversation_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_visitor_session_conversation_id', table_name='visitor_session')
    op.drop_column('visitor_session', 'seen_at')
    op.drop_column('queue_wait', 'wait_seconds')
    op.drop_column('queue_wait', 'position')
