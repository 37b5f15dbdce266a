"""tasks of knowledge entries, messages in pieces"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('knowledge_entry', sa.Column('task', sa.Text(), nullable=True))
    op.add_column('turn', sa.Column('answered_with', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_turn_answered_with'), 'turn', 'message', ['answered_with'], ['id'])


def downgrade() -> None:
    op.drop_constraint(op.f('fk_turn_answered_with'), 'turn', type_='foreignkey')
    op.drop_column('turn', 'answered_with')
    op.drop_column('knowledge_entry', 'task')
