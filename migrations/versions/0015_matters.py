"""where the present matter of a conversation begins, and what was answered to surveys of earlier ones"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('conversation', sa.Column('matter_seq', sa.Integer(), server_default='1', nullable=False))
    op.create_table('earlier_rating',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('nps', sa.Integer(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('rated_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_earlier_rating_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_earlier_rating'))
    )
    op.create_index('ix_earlier_rating_conversation_id', 'earlier_rating', ['conversation_id'], unique=False)
    op.create_index('ix_earlier_rating_rated_at', 'earlier_rating', ['rated_at'], unique=False)


def downgrade() -> None:
    op.drop_table('earlier_rating')
    op.drop_column('conversation', 'matter_seq')
