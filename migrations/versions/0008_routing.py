"""what routing remembers: uncorrected estimates, the life of the api, indexes for the wall"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('queue_wait', sa.Column('plain_seconds', sa.Integer(), nullable=True))
    op.create_index('ix_queue_wait_conversation_id', 'queue_wait', ['conversation_id'], unique=False)
    op.create_table('pulse',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_pulse'))
    )
    op.create_index('ix_handoff_created_at', 'handoff', ['created_at'], unique=False)
    op.create_index('ix_deadline_started_at', 'deadline', ['started_at'], unique=False)
    op.create_index('ix_conversation_rated_at', 'conversation', ['rated_at'], unique=False, postgresql_where=sa.text('rated_at IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_conversation_rated_at', table_name='conversation')
    op.drop_index('ix_deadline_started_at', table_name='deadline')
    op.drop_index('ix_handoff_created_at', table_name='handoff')
    op.drop_table('pulse')
    op.drop_index('ix_queue_wait_conversation_id', table_name='queue_wait')
    op.drop_column('queue_wait', 'plain_seconds')
