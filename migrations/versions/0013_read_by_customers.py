"""how far customers have read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('conversation', sa.Column('customer_read_seq', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('conversation', 'customer_read_seq')
